//! Metadata of parameters.

use std::any::TypeId;

use super::{
    describe::TypeDescription,
    path::PathReader,
    port::PortParameter,
    probe::Origin,
    provider::{Node, ProviderNode},
};
use crate::{
    layer::{Layer, Layered, MayDependOn},
    policy::RoleCheck,
};

/// Parameter of an endpoint or a provider, or field of a request-scoped component.
#[derive(Clone, Copy, Debug)]
pub struct ParameterSpec {
    /// Name, or position if the pattern has no name.
    pub name: &'static str,
    /// Type, as written.
    pub ty: &'static str,
    /// Kind, determined by the type.
    pub kind: ParameterKind,
    /// Origin of the extractor. [`Elsewhere`](Origin::Elsewhere) if only the parts of the request are passed to it.
    pub origin: Origin,
    /// Proof that the layer of the dependent may use the type. It is never called: the reference to it is
    /// the proof.
    pub usable: fn(),
    /// Whether the parameter rejects every request without credentials.
    pub demands_credentials: bool,
    /// Descriptions of the input that a client sends for the parameter.
    pub input: &'static [TypeDescription],
}

impl ParameterSpec {
    /// Parameter without name and type: the base of struct literals, and the principal of a policy.
    pub const EMPTY: Self = Self {
        name: "",
        ty: "",
        kind: ParameterKind::Opaque,
        origin: Origin::Elsewhere,
        usable: || {},
        demands_credentials: false,
        input: &[],
    };
}

/// Kind of a parameter, from its type.
#[derive(Clone, Copy, Debug)]
pub enum ParameterKind {
    /// Extractor that does not use the request scope.
    Plain,
    /// `Path<T>`.
    Path(PathReader),
    /// `Inject<T>`.
    Injected(Injected),
    /// Output of a provider, or a request-scoped component.
    Provider(Node),
    /// Extractor around the output of a provider.
    Wrapped(Node, Wrapper),
    /// `Uncached<T>`: the provider runs for this parameter alone.
    Uncached(Node),
    /// `Port<dyn P>`: the provider that the container binds to the port.
    Port(PortParameter),
    /// Extractor of this crate that uses the scope itself.
    Scoped,
    /// `NewScope<T>`, with the kind of `T`, which other scopes extract.
    NewScope(fn() -> ParameterKind),
    /// Extractor of another crate, which may extract any type.
    Opaque,
}

impl ParameterKind {
    /// Returns the kind of an extractor around an extractor of this kind.
    pub(crate) const fn wrapped(self, wrapper: Wrapper) -> Self {
        match self {
            Self::Provider(node) | Self::Wrapped(node, _) => Self::Wrapped(node, wrapper),
            Self::Port(port) => Self::Port(port.wrapped(wrapper)),
            Self::Path(reader) => match wrapper {
                Wrapper::Option => Self::Path(reader.optional()),
                // The function handles the rejection.
                Wrapper::Result => Self::Plain,
                Wrapper::Authorized(_) => self,
            },
            kind => kind,
        }
    }

    /// Returns whether the parameter is the output of the provider.
    pub(super) fn is(self, node: &ProviderNode) -> bool {
        matches!(self, Self::Provider(other) if (other().output.id)() == (node.output.id)())
    }
}

/// Wrapper around another extractor.
#[derive(Clone, Copy, Debug)]
pub enum Wrapper {
    /// `Option<T>`: credentials may be absent.
    Option,
    /// `Result<T, E>`: the function handles the rejection.
    Result,
    /// `Authorized<P>`, which requires roles.
    Authorized(fn() -> Vec<RoleCheck>),
}

/// Component that is injected from the container.
#[derive(Clone, Copy, Debug)]
pub struct Injected {
    pub(crate) name: &'static str,
    pub(crate) id: fn() -> TypeId,
    pub(crate) layer: Option<&'static str>,
    pub(crate) exception: Option<&'static str>,
}

impl Injected {
    /// Sets the name of the type, as written.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// Dependency under `#[layering(allow, reason = "..")]`.
    #[must_use]
    pub const fn excepted<T: 'static>(reason: &'static str) -> Self {
        Self { exception: Some(reason), ..Self::external::<T>() }
    }

    /// Dependency under `#[external]`, on a type without a layer.
    #[must_use]
    pub const fn external<T: 'static>() -> Self {
        Self { name: "", id: TypeId::of::<T>, layer: None, exception: None }
    }
}

/// Type that may be used from layer `L`.
///
/// Expansions read [`INJECTED`](Self::INJECTED) or name [`usable`](Self::usable), so that rustc reports an
/// unmet bound at the type that the user wrote.
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to no layer",
    label = "this dependency has no layer",
    note = "[inject/unlayered] a type of your own: put `#[service]`, `#[repository]`, `#[infrastructure]` or `#[common]` on it",
    note = "an extractor of axum or another crate, in a request-scoped component: put `#[external]` on the field"
)]
pub trait UsableFrom<L> {
    /// Type as a dependency.
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

/// Returns the dependencies among `parameters`: components of the container, outputs of providers,
/// request-scoped components.
pub(crate) fn injected(parameters: &[ParameterSpec]) -> Vec<&'static str> {
    let name = |parameter: &ParameterSpec| match parameter.kind {
        ParameterKind::Injected(injected) => Some(injected.name),
        ParameterKind::Provider(_)
        | ParameterKind::Wrapped(..)
        | ParameterKind::Uncached(_)
        | ParameterKind::Port(_)
        | ParameterKind::NewScope(_) => Some(parameter.ty),
        ParameterKind::Scoped | ParameterKind::Plain | ParameterKind::Path(_) | ParameterKind::Opaque => None,
    };
    parameters.iter().filter_map(name).collect()
}
