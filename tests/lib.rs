//! The README and the pages under `docs`, whose code is tested: `cargo test -p inject-tests --doc`. The other tests are beside this file.

macro_rules! pages {
    ($($(#[$page:meta])* $name:ident)*) => {$(
        $(#[$page])*
        pub mod $name {}
    )*};
}

pages! {
    #[doc = include_str!("../cargo-inject/pages/ambiguous.md")]
    ambiguous
    #[doc = include_str!("../cargo-inject/pages/binding.md")]
    binding
    #[doc = include_str!("../cargo-inject/pages/by-value.md")]
    by_value
    #[doc = include_str!("../cargo-inject/pages/captive.md")]
    captive
    #[doc = include_str!("../cargo-inject/pages/constructor.md")]
    constructor
    #[doc = include_str!("../cargo-inject/pages/container.md")]
    container
    #[doc = include_str!("../cargo-inject/pages/cycle.md")]
    cycle
    #[doc = include_str!("../cargo-inject/pages/endpoint.md")]
    endpoint
    #[doc = include_str!("../cargo-inject/pages/extractor.md")]
    extractor
    #[doc = include_str!("../cargo-inject/pages/factory.md")]
    factory
    #[doc = include_str!("../cargo-inject/pages/hook.md")]
    hook
    #[doc = include_str!("../cargo-inject/pages/layer.md")]
    layer
    #[doc = include_str!("../cargo-inject/pages/missing.md")]
    missing
    #[doc = include_str!("../cargo-inject/pages/override.md")]
    r#override
    #[doc = include_str!("../cargo-inject/pages/policy.md")]
    policy
    #[doc = include_str!("../cargo-inject/pages/port.md")]
    port
    #[doc = include_str!("../cargo-inject/pages/problem.md")]
    problem
    #[doc = include_str!("../cargo-inject/pages/provider.md")]
    provider
    #[doc = include_str!("../cargo-inject/pages/recipe.md")]
    recipe
    #[doc = include_str!("../cargo-inject/pages/role.md")]
    role
    #[doc = include_str!("../cargo-inject/pages/shape.md")]
    shape
    #[doc = include_str!("../cargo-inject/pages/teardown.md")]
    teardown
    #[doc = include_str!("../cargo-inject/pages/unlayered.md")]
    unlayered
    #[doc = include_str!("../README.md")]
    readme
}
