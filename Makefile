# Thin: every line is a command that a person could type.

# One configuration for everything but the image, so that nothing is built twice.
SWIFT_FLAGS = -debug-info-format none

.PHONY: build rehearse test check bench format

build:
	scripts/setup build
	swift build $(SWIFT_FLAGS)

# A whole run on this machine with real k6; make rehearse ARGS="--threshold 'http_req_duration=p(95)<1'"
rehearse: build
	scripts/rehearse $(ARGS)

# All tests; what they need is installed first.
test:
	scripts/setup build
	scripts/setup k6 0.57.0 1.1.0
	scripts/test $(SWIFT_FLAGS)

# What CI runs: the formatter's rules, then the tests.
check:
	swift format lint --strict --recursive Sources Tests Package.swift
	$(MAKE) test

# How fast the agent reads, beside other readers of the same stream.
bench:
	scripts/setup build
	swift build -c release --scratch-path .build-release --product shard-agent
	Benchmarks/ingest .build-release/release/shard-agent

format:
	swift format --in-place --recursive Sources Tests Package.swift
