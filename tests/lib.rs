//! The README and the pages on errors, whose code is tested: `cargo test -p inject-tests --doc`. The other
//! tests are beside this file.

/// The folder of the pages on errors, below the repository.
macro_rules! error_pages {
    () => {
        "cargo-inject/pages"
    };
}

/// The folder of the pages on errors, below the repository.
pub const ERROR_PAGES: &str = error_pages!();

macro_rules! pages {
    ($($name:ident: $file:literal)*) => {$(
        #[doc = include_str!(concat!("../", error_pages!(), "/", $file))]
        pub mod $name {}
    )*};
}

pages! {
    ambiguous: "ambiguous.md"
    around: "around.md"
    binding: "binding.md"
    by_value: "by-value.md"
    captive: "captive.md"
    constructor: "constructor.md"
    container: "container.md"
    cycle: "cycle.md"
    endpoint: "endpoint.md"
    extractor: "extractor.md"
    factory: "factory.md"
    hook: "hook.md"
    layer: "layer.md"
    lifetime: "lifetime.md"
    missing: "missing.md"
    module: "module.md"
    r#override: "override.md"
    policy: "policy.md"
    port: "port.md"
    problem: "problem.md"
    provider: "provider.md"
    recipe: "recipe.md"
    require: "require.md"
    role: "role.md"
    shape: "shape.md"
    teardown: "teardown.md"
    transaction: "transaction.md"
    unlayered: "unlayered.md"
}

#[doc = include_str!("../README.md")]
pub mod readme {}

#[doc = include_str!("../docs/adoption.md")]
pub mod adoption {}

#[doc = include_str!("../docs/pools.md")]
pub mod pools {}
