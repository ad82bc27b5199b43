# What CI runs, piece by piece. `just` lists the recipes.

default:
    @just --list

# Everything.
ci:
    .ci/run

# The quickstart.
run:
    cargo run -p quickstart

# All tests, except those that build generated projects and ejected crates.
test:
    cargo test --workspace

# All tests.
test-all:
    cargo test --workspace --features cargo-inject/slow-tests

# Formatting, lints, documentation.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Accepts new compile-fail messages, expansions and pictures. Read the difference as a user would.
accept:
    TRYBUILD=overwrite cargo test -p inject-tests --test ui
    INSTA_UPDATE=always cargo test -p inject-codegen --test expansions
    INJECT_BLESS=1 cargo test -p inject-tests --test graph
    git diff --stat

# The learning platform under what schemathesis makes up from its OpenAPI document.
fuzz-api:
    .ci/schemathesis

# The measurements.
bench:
    cargo bench -p inject-benches
