//! Metadata of parameters.

use std::any::TypeId;

use super::{
    describe::TypeDescription,
    provider::{Node, ProviderNode},
};
use crate::{
    layer::{Layer, Layered, MayDependOn},
    policy::RoleCheck,
};

/// A parameter of an endpoint or a provider, or a field of a request-scoped component.
#[derive(Clone, Copy, Debug)]
pub struct ParameterSpec {
    /// The name, or the position of a pattern without one.
    pub name: &'static str,
    /// The type, as written.
    pub ty: &'static str,
    /// What its type says about it.
    pub kind: ParameterKind,
    /// Proof that the layer of the dependent may use the type. It is never called: naming it is the proof.
    pub usable: fn(),
    /// Describes what a client sends for it.
    pub input: &'static [TypeDescription],
}

impl ParameterSpec {
    /// A parameter without name and type: the base of struct literals, and the principal of a policy.
    pub const EMPTY: Self = Self { name: "", ty: "", kind: ParameterKind::Opaque, usable: || {}, input: &[] };
}

/// Kind of a parameter, from its type.
#[derive(Clone, Copy, Debug)]
pub enum ParameterKind {
    /// An extractor that uses nothing of the request scope.
    Plain,
    /// `Inject<T>`.
    Injected(Injected),
    /// The output of a provider, or a request-scoped component.
    Provider(Node),
    /// An extractor around the output of a provider.
    Wrapped(Node, Wrapper),
    /// `Uncached<T>`: the provider runs for this parameter alone.
    Uncached(Node),
    /// An extractor of this crate that uses the scope itself.
    Scoped,
    /// A foreign extractor, which may extract anything.
    Opaque,
}

impl ParameterKind {
    /// The kind of an extractor around one of this kind.
    pub(crate) const fn wrapped(self, wrapper: Wrapper) -> Self {
        match self {
            Self::Provider(node) | Self::Wrapped(node, _) => Self::Wrapped(node, wrapper),
            kind => kind,
        }
    }

    /// Whether it is the output of the provider.
    pub(super) fn is(self, node: &ProviderNode) -> bool {
        matches!(self, Self::Provider(other) if (other().output.id)() == (node.output.id)())
    }
}

/// Extractor around another.
#[derive(Clone, Copy, Debug)]
pub enum Wrapper {
    /// `Option<T>`: credentials may be absent.
    Option,
    /// `Result<T, E>`: the function handles the rejection.
    Result,
    /// `Authorized<P>`, which requires roles.
    Authorized(fn() -> RoleCheck),
}

/// Component that is taken from the container.
#[derive(Clone, Copy, Debug)]
pub struct Injected {
    pub(crate) name: &'static str,
    pub(crate) id: fn() -> TypeId,
    pub(crate) layer: Option<&'static str>,
    pub(crate) exception: Option<&'static str>,
}

impl Injected {
    /// Sets the name of the type, as the user writes it.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// A dependency under `#[layering(allow, reason = "..")]`.
    #[must_use]
    pub const fn excepted<T: 'static>(reason: &'static str) -> Self {
        Self { exception: Some(reason), ..Self::external::<T>() }
    }

    /// A dependency under `#[external]`, on a type without a layer.
    #[must_use]
    pub const fn external<T: 'static>() -> Self {
        Self { name: "", id: TypeId::of::<T>, layer: None, exception: None }
    }
}

/// Type that may be used from layer `L`.
///
/// Expansions read [`INJECTED`](Self::INJECTED) or name [`usable`](Self::usable), and rustc reports an unmet bound at the type that the user
/// wrote.
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to no layer",
    label = "this dependency has no layer",
    note = "[inject/unlayered] a type of your own: put `#[service]`, `#[repository]`, `#[infrastructure]` or `#[common]` on it",
    note = "an extractor of axum or another crate, in a request-scoped component: put `#[external]` on the field"
)]
pub trait UsableFrom<L> {
    /// The type as a dependency.
    const INJECTED: Injected;

    /// Proof, for [`ParameterSpec::usable`].
    fn usable() {}
}

impl<L, D> UsableFrom<L> for D
where
    L: MayDependOn<D::Layer>,
    D: Layered + 'static,
{
    const INJECTED: Injected =
        Injected { layer: Some(<D::Layer as Layer>::NAME), ..Injected::external::<D>() };
}

/// The dependencies among `parameters`: components of the container, outputs of providers, request-scoped components.
pub(crate) fn injected(parameters: &[ParameterSpec]) -> Vec<&'static str> {
    let name = |parameter: &ParameterSpec| match parameter.kind {
        ParameterKind::Injected(injected) => Some(injected.name),
        ParameterKind::Provider(_) | ParameterKind::Wrapped(..) | ParameterKind::Uncached(_) => {
            Some(parameter.ty)
        }
        ParameterKind::Scoped | ParameterKind::Plain | ParameterKind::Opaque => None,
    };
    parameters.iter().filter_map(name).collect()
}
