import Foundation
import TestSupport
import Testing

@testable import Shared

/// What every store must do, whatever is behind it.
struct ObjectStoreContract {
  let store: any ObjectStore

  func check() async throws {
    try await absentObjects()
    try await conditions()
    try await listing()
    try await contention()
  }

  private func absentObjects() async throws {
    #expect(try await store.get("none/at-all") == nil)
    try await store.delete("none/at-all")
    #expect(try await store.list("none/").isEmpty)
  }

  private func conditions() async throws {
    let first = try await store.put([1], at: "a/one", if: .absent)
    guard case .stored(let etag) = first else { return #expect(Bool(false), "a new object was refused") }
    #expect(try await store.put([2], at: "a/one", if: .absent) == .conditionFailed)
    #expect(try await store.get("a/one") == StoredObject(bytes: [1], etag: etag))
    #expect(try await store.put([3], at: "a/one", if: .matches(etag: "other")) == .conditionFailed)
    #expect(try await store.put([3], at: "a/two", if: .matches(etag: etag)) == .conditionFailed)
    guard case .stored(let next) = try await store.put([3], at: "a/one", if: .matches(etag: etag)) else {
      return #expect(Bool(false), "a matching write was refused")
    }
    #expect(next != etag)
    #expect(try await store.get("a/one")?.bytes == [3])
    _ = try await store.put([], at: "a/one", if: .always)
    #expect(try await store.get("a/one")?.bytes == [])
    try await store.delete("a/one")
    #expect(try await store.get("a/one") == nil)
  }

  private func listing() async throws {
    for key in ["b/x/2", "b/x/1", "b/y", "bb"] as [ObjectKey] {
      _ = try await store.put([0], at: key, if: .always)
    }
    #expect(try await store.list("b/").map(\.text) == ["b/x/1", "b/x/2", "b/y"])
    #expect(try await store.list("b/x/").map(\.text) == ["b/x/1", "b/x/2"])
  }

  /// Twelve writers add a byte each, by reading, changing and writing on condition: none is lost.
  private func contention() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<12 as Range<UInt8> {
        group.addTask {
          while true {
            let current = try await store.get("c/log")
            let outcome = try await store.put(
              (current?.bytes ?? []) + [writer], at: "c/log",
              if: current.map { .matches(etag: $0.etag) } ?? .absent)
            if outcome != .conditionFailed { return }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await store.get("c/log")?.bytes.sorted() == Array(0..<12))
  }
}

@Suite struct DirectoryObjectStoreTests {
  @Test func `a folder keeps the contract`() async throws {
    let folder = try temporaryFolder()
    try await ObjectStoreContract(store: DirectoryObjectStore(folder: folder.path)).check()
  }

  @Test(arguments: ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a b", "é"])
  func `keys that could leave the folder do not exist`(text: String) { #expect(ObjectKey(text) == nil) }

  @Test(arguments: [
    "", "file://", "file:///", "out", "s3://", "s3://b", "s3://b!cket", "s3://bucket/a/../b",
    "s3://bucket/a b", "http://x",
  ])
  func `locations that are not understood`(text: String) {
    #expect(throws: BadStoreLocation.self) { try StoreLocation(text) }
  }
}
