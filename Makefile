# Everything a developer types. `make test` is what CI runs.

.PHONY: run test tools lint unit vectors web e2e deny fuzz fmt bench

run:
	cargo run --release

# All tests, after installing what they need where this user may.
test: tools lint unit web e2e deny fuzz

# System packages and tools that the tests need. Silent when all is there.
tools:
	.ci/tools

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy -p place-core --all-targets --all-features --locked -- -D warnings

unit:
	cargo nextest run --workspace --locked
	cargo nextest run -p place-core --features typescript --locked --test typescript

web: web/node_modules/.package-lock.json
	cd web && npm run --silent check && npm run --silent lint && npm run --silent test

e2e: web/node_modules/.package-lock.json
	cargo build --locked
	cd web && PLACE_BIN=../target/debug/place npm run --silent e2e

deny:
	cargo deny --locked check bans licenses sources

# Ten seconds for each target that needs no server; fuzz/README.md has the rest.
fuzz:
	fuzz/run 10

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund

fmt:
	cargo fmt --all
	cd web && npm run --silent format

bench:
	benches/run
