# `make run` builds hovor and starts the demo company; `make test` proves it all. Nothing else is needed.

# What the build needs beside Rust: a C compiler and linker for the cryptography and for SQLite, and the Opus codec.
BUILD_PACKAGES = gcc libc6-dev pkg-config libopus-dev
# Tests with phones compare what is heard, frame by frame: as many run at a time as two cores carry without a jerk.
TEST_THREADS ?= 2

# The workspace as browsers get it; the program carries it.
WORKSPACE = web/dist/index.html
WORKSPACE_SOURCES = $(shell find web/src web/public web/scripts web/widget -type f) \
    $(addprefix web/,index.html package.json package-lock.json svelte.config.js tsconfig.json vite.config.ts)

.PHONY: run test check build tools clean

run: build
	exec target/release/hovor serve --demo

build: $(WORKSPACE)
	.ci/install-packages $(BUILD_PACKAGES)
	cargo build --release --locked

test: tools $(WORKSPACE)
	cd web && npm run --silent check && npm test --silent
	.ci/test $(TEST_THREADS)

$(WORKSPACE): $(WORKSPACE_SOURCES)
	.ci/install-node
	cd web && npm ci --no-audit --no-fund --ignore-scripts && npm run --silent build

tools:
	.ci/install-packages $(BUILD_PACKAGES)
	.ci/install-test-tools

check:
	.ci/install-packages $(BUILD_PACKAGES)
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	.ci/deny

clean:
	cargo clean
	rm -rf web/dist web/node_modules
