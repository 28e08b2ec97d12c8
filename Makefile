# Thin: every line is a command that a person could type.

# One configuration for everything but the image, so that nothing is built twice.
SWIFT_FLAGS = -debug-info-format none

.PHONY: build agent dist reference rehearse rehearse-docker rehearse-docker-attached rehearse-docker-down demo demo-shots test check bench bench-trend bench-build format

build:
	scripts/setup build
	swift build $(SWIFT_FLAGS)

# The agent as it is shipped: one static executable without debug symbols, .build-static/release/shard-agent.
agent:
	scripts/setup build
	swift build -c release --scratch-path .build-static --product shard-agent \
	  --static-swift-stdlib -Xswiftc -static-executable -Xlinker -s

# Both programs as they are released, in dist/: without debug symbols, with Swift's libraries inside.
dist: agent
	swift build -c release --scratch-path .build-dist --product coordinator --static-swift-stdlib -Xlinker -s
	install -D --target-directory dist .build-static/release/shard-agent .build-dist/release/coordinator

# docs/reference.md and docs/grid.schema.json, out of what the programs say of themselves.
reference: build
	scripts/reference

# A whole run on this machine with real k6; make rehearse ARGS="--threshold 'http_req_duration=p(95)<1'"
rehearse: build
	scripts/rehearse $(ARGS)

# The same in containers, as at night: moto as AWS, and an ECS that starts the shards. Needs Docker with compose, and nothing
# else: the programs are built in it. make rehearse-docker ARGS="--shards 5"; the page stays until rehearse-docker-down.
rehearse-docker:
	scripts/rehearse-docker ecs $(ARGS)

# Without an ECS: shards that compose starts, and a bucket.
rehearse-docker-attached:
	scripts/rehearse-docker attached $(ARGS)

rehearse-docker-down:
	scripts/rehearse-docker down

# A made-up history, and the page of it: out/demo/report/index.html; make demo ARGS="--nights 9"
demo: build
	.build/debug/coordinator demo $(ARGS)

# The pictures of the page in docs/, taken from it in a real Chromium.
demo-shots: demo
	scripts/setup page
	PYTHONPATH=.tools/page python3 Tests/Browser/check_page.py out/demo/report --shots out/demo/shots
	cp out/demo/shots/page-dark.png out/demo/shots/page-light.png out/demo/shots/page-phone.png docs/

# All tests; what they need is installed first.
test:
	scripts/setup build
	scripts/setup k6 0.57.0 1.1.0
	scripts/setup workflows
	scripts/setup jq
	if [ "$(CI)" = true ]; then scripts/setup docker && scripts/setup page; fi
	scripts/setup moto
	scripts/test $(SWIFT_FLAGS)

# What CI runs: the rules for Swift, workflows, docker/ and infra/, the shipped agent, what a line costs, a minute of fuzzing, and
# the tests.
check:
	swift format lint --strict --recursive Sources Tests Package.swift
	scripts/setup lint
	scripts/check-workflows
	scripts/check-docker
	scripts/setup terraform
	scripts/check-infra
	$(MAKE) agent
	scripts/setup bench
	Benchmarks/instructions
	scripts/fuzz 60
	$(MAKE) test

# What the programs cost, beside others in the same run: docs/performance.md. About a quarter of an hour after the builds.
bench: agent bench-build
	scripts/setup k6 1.1.0
	Benchmarks/run

# The rule of degraded on simulated nights, beside others (docs/trend.md), and what a history of ten years costs. A quarter of an hour.
bench-trend: bench-build
	scripts/setup trend
	Benchmarks/trend
	Benchmarks/history

bench-build:
	scripts/setup build
	scripts/setup bench
	swift build -c release --scratch-path .build-release --product shard-agent
	swift build -c release --scratch-path .build-release --product coordinator

format:
	swift format --in-place --recursive Sources Tests Package.swift
