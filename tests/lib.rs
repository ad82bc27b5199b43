//! The README and the pages under `docs`, whose code is tested: `cargo test -p inject-tests --doc`. The other tests are beside this file.

macro_rules! pages {
    ($($(#[$page:meta])* $name:ident)*) => {$(
        $(#[$page])*
        pub mod $name {}
    )*};
}

pages! {
    #[doc = include_str!("../docs/errors/ambiguous.md")]
    ambiguous
    #[doc = include_str!("../docs/errors/binding.md")]
    binding
    #[doc = include_str!("../docs/errors/by-value.md")]
    by_value
    #[doc = include_str!("../docs/errors/captive.md")]
    captive
    #[doc = include_str!("../docs/errors/constructor.md")]
    constructor
    #[doc = include_str!("../docs/errors/container.md")]
    container
    #[doc = include_str!("../docs/errors/cycle.md")]
    cycle
    #[doc = include_str!("../docs/errors/endpoint.md")]
    endpoint
    #[doc = include_str!("../docs/errors/extractor.md")]
    extractor
    #[doc = include_str!("../docs/errors/factory.md")]
    factory
    #[doc = include_str!("../docs/errors/hook.md")]
    hook
    #[doc = include_str!("../docs/errors/layer.md")]
    layer
    #[doc = include_str!("../docs/errors/missing.md")]
    missing
    #[doc = include_str!("../docs/errors/override.md")]
    r#override
    #[doc = include_str!("../docs/errors/policy.md")]
    policy
    #[doc = include_str!("../docs/errors/port.md")]
    port
    #[doc = include_str!("../docs/errors/problem.md")]
    problem
    #[doc = include_str!("../docs/errors/provider.md")]
    provider
    #[doc = include_str!("../docs/errors/recipe.md")]
    recipe
    #[doc = include_str!("../docs/errors/role.md")]
    role
    #[doc = include_str!("../docs/errors/shape.md")]
    shape
    #[doc = include_str!("../docs/errors/teardown.md")]
    teardown
    #[doc = include_str!("../docs/errors/unlayered.md")]
    unlayered
    #[doc = include_str!("../README.md")]
    readme
}
