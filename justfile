# What CI runs, piece by piece. `just` lists the recipes.

default:
    @just --list

# Everything.
ci:
    .ci/run

# The quickstart.
run:
    cargo run -p quickstart

# All tests but the slow ones.
test:
    cargo test --workspace

# The tests that create projects and build them.
test-slow:
    cargo test -p cargo-inject --features slow-tests

# Formatting, lints, documentation.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features

# Accept changed compile-fail messages, expansions, graph renderings, documents and reports. Read the difference as a user would.
accept:
    TRYBUILD=overwrite cargo test -p inject-tests --test ui
    INSTA_UPDATE=always cargo test -p inject-codegen --test expansions
    INJECT_BLESS=1 cargo test -p inject-tests --test behavior --test documentation
    INSTA_UPDATE=always cargo test -p cargo-inject
    git diff --stat

# Validators of the OpenAPI documents, and clients that are generated from them.
clients:
    .ci/clients

# Requests that schemathesis generates from the OpenAPI document of the learning platform.
fuzz-api:
    .ci/schemathesis

# The archives of the published crates, each built from its contents.
package:
    cargo package -p inject-codegen -p inject-macros -p inject-runtime -p cargo-inject --allow-dirty

# Licenses, duplicate versions and sources of all dependencies.
deny:
    cargo deny check --hide-inclusion-graph licenses bans sources

# The benchmarks.
bench:
    cargo bench -p inject-benches
