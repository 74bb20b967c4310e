# The front door. Each target installs what it misses (tools/setup), so a bare machine needs only make, bash and root or sudo.
export PATH := $(CURDIR)/var/tools/bin:$(CURDIR)/var/tools/venv/bin:$(PATH)
BUILD     := build
COMMA     := ,
DASHBOARD := services/api/dashboard
PAGE      := $(if $(wildcard $(DASHBOARD)/package.json),$(DASHBOARD)/dist/index.html)
JOBS      := $(shell nproc)
CTEST      = ctest --test-dir $(1) --output-on-failure --no-tests=error -j $(JOBS)

.DEFAULT_GOAL := help
.PHONY: help run build test lint format env-example sanitize fuzz chaos e2e load bench compose-test nightly clean
.PHONY: setup-run setup-test setup-bench test-build test-units test-dashboard test-system

help:   ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: build   ## build what changed, then run everything here until Ctrl-C (a demo, unless PLIVO_AUTH_ID is set)
	@exec tools/run

build: setup-run $(PAGE) $(BUILD)/build.ninja   ## build/bin: services, operator's tool, simulator
	@cmake --build $(BUILD) --target programs -j $(JOBS)

test: test-units test-dashboard test-system e2e   ## every test that CI runs

lint: setup-test $(BUILD)/build.ninja   ## format, clang-tidy, Biome, and our own rules
	@tests/lint/run

format:   ## lay out what lint's formatter complains of
	@python3 tests/lint/layout.py --fix

env-example: build   ## .env.example anew, from the programs' own tables
	@tools/env_example >.env.example

sanitize: setup-test   ## C tests and real processes under Address-, UndefinedBehavior- and ThreadSanitizer
	@tests/run-sanitized address,undefined
	@tests/run-sanitized thread

fuzz: setup-test   ## every fuzz target for FUZZ_SECONDS (60)
	@tests/fuzz/run

chaos: test-build   ## KILLS (200) services killed under load, cables cut, clocks stepped: the store and the simulator must agree; then power cuts
	@CHAOS_LONG=1 pytest -q tests/chaos/test_time.py
	@tests/chaos/run
	@tests/powercut/run

load:   ## k6 against a running system: BASE, RATE, DURATION
	@tools/setup load
	@tests/load/run

bench: setup-bench $(BUILD)/build.ninja   ## speed beside peers, as ratios (PARTS=acks,streams for some)
	@cmake --build $(BUILD) --target bench-programs -j $(JOBS)
	@bench/run $(subst $(COMMA), ,$(PARTS))

compose-test:   ## the containers: build, start, main path, kill each one
	@tools/setup compose
	@tests/compose/run

nightly: export SEGMENTS_STRINGS := 1000000
nightly: lint test sanitize fuzz chaos compose-test   ## all the long ones

clean:   ## forget what was built (not var/, the data)
	@rm -rf $(BUILD) $(DASHBOARD)/dist

setup-run setup-test setup-bench: setup-%:
	@tools/setup $*

$(BUILD)/build.ninja: | setup-run
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release -DPARLEY_TESTS=OFF >/dev/null

$(DASHBOARD)/dist/index.html: $(shell find $(DASHBOARD) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null) | setup-run
	@cd $(DASHBOARD) && npm run --silent build && touch dist/index.html

test-build: setup-test $(PAGE)
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release -DPARLEY_TESTS=ON >/dev/null
	@cmake --build $(BUILD) -j $(JOBS)

test-units: test-build   ## C: unit, property, fuzz corpora
	@$(call CTEST,$(BUILD)) -L unit
	@$(call CTEST,$(BUILD)) -L property
	@$(call CTEST,$(BUILD)) -L fuzz

test-dashboard: setup-test   ## the page: types, Biome, Vitest
	@cd $(DASHBOARD) && npm run --silent check

test-system: test-build   ## real processes: contract, promises, integration, chaos
	@pytest -q $(wildcard tests/contract tests/promises tests/integration tests/chaos)

e2e: test-build   ## the page in a real browser, against the running system
	@pytest -q tests/e2e
