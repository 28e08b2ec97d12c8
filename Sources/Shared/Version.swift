/// The version of both programs, as in CHANGELOG.md.
package let gridVersion = "0.1.0"
