//! Endpoints, providers and their parameters, as data that expansions leave behind: what the route table shows, and what decides
//! whether an endpoint needs a request scope.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    fmt,
    marker::PhantomData,
};

use axum::extract::{
    ConnectInfo, Extension, Form, Json, Path, Query, RawForm, RawPathParams, RawQuery, Request, State,
};

use super::{
    check::RoleCheck,
    describe::{Describe, Draft},
    provider::Provided,
};
use crate::{
    graph::Location,
    layer::{Layer, Layered, MayDependOn},
};

/// An endpoint: a function under `#[get]` and its siblings.
#[derive(Debug)]
pub struct EndpointSpec {
    pub(crate) name: &'static str,
    pub(crate) module: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) policy: Policy,
    /// What the policy extracts, before anything else is.
    pub(crate) principal: Option<ParameterSpec>,
    /// What the policy asks of its roles.
    pub(crate) check: Option<fn() -> RoleCheck>,
    pub(crate) parameters: &'static [ParameterSpec],
    pub(crate) location: Location,
    /// The same for endpoints that answer the same requests.
    pub(crate) key: u64,
    pub(crate) documentation: Documentation,
}

/// What only a document for people says of an endpoint.
#[cfg_attr(not(feature = "openapi"), allow(dead_code))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Documentation {
    /// The doc comment.
    pub(crate) text: &'static str,
    pub(crate) is_deprecated: bool,
    pub(crate) is_hidden: bool,
    /// What it refers to.
    pub(crate) schemas: &'static [Describe],
    /// What the function returns.
    pub(crate) output: fn(&mut Draft),
}

/// FNV-1a of a method and a path, in which all parameters are alike.
const fn key(method: &str, path: &str) -> u64 {
    const fn add(key: u64, byte: u8) -> u64 {
        (key ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
    }
    let (method, path) = (method.as_bytes(), path.as_bytes());
    let mut key = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < method.len() {
        key = add(key, method[index]);
        index += 1;
    }
    index = 0;
    while index < path.len() {
        key = add(key, path[index]);
        if path[index] == b'{' {
            while index < path.len() && path[index] != b'}' {
                index += 1;
            }
        }
        index += 1;
    }
    key
}

impl EndpointSpec {
    /// An endpoint that is declared where this is called.
    #[must_use]
    #[track_caller]
    pub const fn new(
        (name, module): (&'static str, &'static str),
        method: &'static str,
        path: &'static str,
        policy: Policy,
        principal: Option<ParameterSpec>,
        parameters: &'static [ParameterSpec],
    ) -> Self {
        Self {
            name,
            module,
            method,
            path,
            policy,
            principal,
            check: None,
            parameters,
            location: Location::here(),
            key: key(method, path),
            documentation: Documentation {
                text: "",
                is_deprecated: false,
                is_hidden: false,
                schemas: &[],
                output: |_| {},
            },
        }
    }

    /// The same, under a policy that asks for roles.
    #[must_use]
    pub const fn checked(self, check: fn() -> RoleCheck) -> Self {
        Self { check: Some(check), ..self }
    }

    /// The same, under the doc comment `text`, with what the function returns.
    #[must_use]
    pub const fn documented(
        self,
        text: &'static str,
        schemas: &'static [Describe],
        output: fn(&mut Draft),
    ) -> Self {
        Self { documentation: Documentation { text, schemas, output, ..self.documentation }, ..self }
    }

    /// The same, under `#[deprecated]`.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        Self { documentation: Documentation { is_deprecated: true, ..self.documentation }, ..self }
    }

    /// The same, left out of documents.
    #[must_use]
    pub const fn hidden(self) -> Self {
        Self { documentation: Documentation { is_hidden: true, ..self.documentation }, ..self }
    }

    /// Whether the endpoint needs a request scope: there is something to tear down, something that two would share, or something unknown.
    pub(crate) fn needs_scope(&self) -> bool {
        let uses = self.uses();
        let mut shared = uses.shared;
        // The guard hands its principal to the first parameter of the same type.
        if let Some(ParameterSpec { shape: Shape::Provider(principal), .. }) = self.principal
            && let principal = principal()
            && principal.kind != ProviderKind::Uncached
            && self.parameters.iter().any(|it| it.shape.is(principal))
            && uses.counts.get(&(principal.id)()) == Some(&2)
        {
            shared -= 1;
        }
        uses.is_opaque || uses.has_teardown || shared > 0
    }

    /// The types of the values of the request scope that the endpoint asks for, at any depth.
    pub(crate) fn asked_for(&self) -> HashSet<TypeId> {
        self.uses().counts.into_keys().collect()
    }

    fn uses(&self) -> Uses {
        let mut uses = Uses::default();
        if let Some(principal) = self.principal {
            uses.visit(principal.shape);
        }
        uses.visit_all(self.parameters);
        uses
    }
}

/// How often each provider is asked for.
#[derive(Default)]
struct Uses {
    counts: HashMap<TypeId, usize>,
    shared: usize,
    has_teardown: bool,
    is_opaque: bool,
}

impl Uses {
    fn visit(&mut self, shape: Shape) {
        match shape {
            Shape::Plain | Shape::Injected(_) => {}
            Shape::Opaque => self.is_opaque = true,
            Shape::Scoped => self.has_teardown = true,
            Shape::Provider(node) | Shape::Within(node, _) => {
                let node = node();
                self.has_teardown |= node.kind == ProviderKind::Resource;
                let count = self.counts.entry((node.id)()).or_default();
                *count += 1;
                let count = *count;
                if count == 2 && node.kind != ProviderKind::Uncached {
                    self.shared += 1;
                }
                // What is built each time asks again each time; after the second, nothing new is to be learnt.
                if count == 1 || (count == 2 && node.kind == ProviderKind::Uncached) {
                    self.visit_all(node.parameters);
                }
            }
            // It asks for all that the provider asks for, but shares nothing itself.
            Shape::Uncached(node) => {
                let node = node();
                self.has_teardown |= node.kind == ProviderKind::Resource;
                let count = self.counts.entry((node.uncached_id)()).or_default();
                if *count < 2 {
                    *count += 1;
                    self.visit_all(node.parameters);
                }
            }
        }
    }

    fn visit_all(&mut self, parameters: &[ParameterSpec]) {
        for parameter in parameters {
            self.visit(parameter.shape);
        }
    }
}

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// Anybody: `#[get(.., public)]`.
    Public,
    /// Whoever is authenticated: `#[get(.., authenticated = CurrentUser)]`.
    Authenticated {
        /// The type of the principal, as written.
        principal: &'static str,
    },
    /// Who has one of the roles: `#[require_role(UserRole::Admin)]`.
    AnyRole {
        /// The type of the roles, as written.
        role: &'static str,
        /// The roles, one of which is enough.
        any_of: &'static [&'static str],
    },
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Authenticated { principal } => write!(f, "authenticated: {principal}"),
            Self::AnyRole { any_of, .. } => f.write_str(&any_of.join(" | ")),
        }
    }
}

/// A parameter of an endpoint or a provider, or a field of a request-scoped component.
#[derive(Clone, Copy, Debug)]
pub struct ParameterSpec {
    pub(crate) name: &'static str,
    pub(crate) ty: &'static str,
    pub(crate) shape: Shape,
    #[cfg_attr(not(feature = "openapi"), allow(dead_code))]
    pub(crate) input: &'static [Describe],
}

impl ParameterSpec {
    /// A parameter `name: ty`, and what a client has to send for it.
    #[must_use]
    pub const fn new(name: &'static str, ty: &'static str, shape: Shape, input: &'static [Describe]) -> Self {
        Self { name, ty, shape, input }
    }

    /// The same: `injected` has proven that the layer of the component may use it.
    #[must_use]
    pub const fn used(self, _injected: Injected) -> Self {
        self
    }
}

/// Gives a node. It is a function, since rustc follows the references in a constant along every path there is: in a ladder of providers, two
/// of which need both of the rung below, there are two to the power of its rungs.
pub(crate) type Node = fn() -> &'static ProviderNode;

/// A guard of routes.
#[cfg_attr(not(feature = "openapi"), allow(dead_code))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuardSpec {
    /// The type that it extracts.
    pub(crate) id: fn() -> TypeId,
    /// The principal whose roles it asks for, if that is known.
    pub(crate) principal: Option<ParameterSpec>,
}

/// What is known about a parameter from its type.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// An extractor that asks for nothing of the request scope.
    Plain,
    /// `Inject<T>`.
    Injected(Injected),
    /// What a provider returns, or a request-scoped component.
    Provider(Node),
    /// Another extractor around it.
    Within(Node, Around),
    /// The same, run for this parameter alone.
    Uncached(Node),
    /// An extractor of this crate that works on the scope itself.
    Scoped,
    /// An extractor written elsewhere, which may ask for anything.
    Opaque,
}

impl Shape {
    /// That of what the provider of `T` returns.
    #[must_use]
    pub const fn of<T: Provided>() -> Self {
        Self::Provider(|| T::NODE)
    }

    /// That of an extractor around one of this shape.
    pub(crate) const fn within(self, around: Around) -> Self {
        match self {
            Self::Provider(node) | Self::Within(node, _) => Self::Within(node, around),
            shape => shape,
        }
    }

    /// Whether a value of it is what the provider returns.
    fn is(self, node: &ProviderNode) -> bool {
        matches!(self, Self::Provider(other) if (other().id)() == (node.id)())
    }
}

/// An extractor around another.
#[derive(Clone, Copy, Debug)]
pub enum Around {
    /// `Option<T>`: credentials may be absent.
    Option,
    /// `Result<T, E>`: what rejects is the function's to answer.
    Result,
    /// `Authorized<P>`, which asks for roles.
    Authorized(fn() -> RoleCheck),
}

/// A component that is taken from the container.
#[derive(Clone, Copy, Debug)]
pub struct Injected {
    pub(crate) name: &'static str,
    pub(crate) id: fn() -> TypeId,
    pub(crate) layer: Option<&'static str>,
    pub(crate) exception: Option<&'static str>,
}

impl Injected {
    /// The same, called as the user writes it.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// `#[layering(allow, reason = "..")]`
    #[must_use]
    pub const fn excepted<T: 'static>(reason: &'static str) -> Self {
        Self { exception: Some(reason), ..Self::external::<T>() }
    }

    /// `#[external]`: of a type without a layer.
    #[must_use]
    pub const fn external<T: 'static>() -> Self {
        Self { name: "", id: TypeId::of::<T>, layer: None, exception: None }
    }
}

/// A type that may be used from layer `L`. Expansions read [`INJECTED`](Self::INJECTED), and rustc reports what does not hold at the
/// type that the user wrote.
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to no layer",
    label = "this dependency has no layer",
    note = "[inject/unlayered] a type of your own: put `#[service]`, `#[repository]`, `#[infrastructure]` or `#[common]` on it",
    note = "an extractor of axum or another crate, in a request-scoped component: put `#[external]` on the field"
)]
pub trait UsableFrom<L> {
    /// The description.
    const INJECTED: Injected;
}

impl<L, D> UsableFrom<L> for D
where
    L: MayDependOn<D::Layer>,
    D: Layered + 'static,
{
    const INJECTED: Injected =
        Injected { layer: Some(<D::Layer as Layer>::NAME), ..Injected::external::<D>() };
}

/// A provider, or a request-scoped component.
#[derive(Debug)]
pub struct ProviderNode {
    pub(crate) name: &'static str,
    pub(crate) id: fn() -> TypeId,
    pub(crate) uncached_id: fn() -> TypeId,
    pub(crate) kind: ProviderKind,
    pub(crate) layer: &'static str,
    pub(crate) parameters: &'static [ParameterSpec],
    pub(crate) location: Location,
    /// What it ends the request with.
    #[cfg_attr(not(feature = "openapi"), allow(dead_code))]
    pub(crate) rejection: Describe,
}

/// How a provider is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// Once for each request.
    Cached,
    /// Whenever it is asked for.
    Uncached,
    /// Once, or whenever it is asked for, and torn down at the end.
    Resource,
}

impl ProviderNode {
    /// The node of a provider of `T`, which is declared where this is called.
    #[must_use]
    #[track_caller]
    pub const fn new<T: Layered + 'static>(
        name: &'static str,
        kind: ProviderKind,
        parameters: &'static [ParameterSpec],
    ) -> Self {
        Self {
            name,
            id: TypeId::of::<T>,
            uncached_id: TypeId::of::<PhantomData<T>>,
            kind,
            layer: <T::Layer as Layer>::NAME,
            parameters,
            location: Location::here(),
            rejection: Describe::NOTHING,
        }
    }

    /// The same, with what it ends the request with.
    #[must_use]
    pub const fn rejecting(self, rejection: Describe) -> Self {
        Self { rejection, ..self }
    }

    /// The same node, for what the library provides.
    #[cfg(feature = "sqlx")]
    pub(crate) const fn built_in(self) -> Self {
        Self { location: Location { file: "", line: 0 }, ..self }
    }
}

/// What `parameters` ask for: components of the container, what providers return, request-scoped components.
pub(crate) fn injected(parameters: &[ParameterSpec]) -> Vec<&'static str> {
    let name = |parameter: &ParameterSpec| match parameter.shape {
        Shape::Injected(injected) => Some(injected.name),
        Shape::Provider(_) | Shape::Within(..) | Shape::Uncached(_) => Some(parameter.ty),
        Shape::Scoped | Shape::Plain | Shape::Opaque => None,
    };
    parameters.iter().filter_map(name).collect()
}

/// A type about which something is known as an extractor.
pub trait Known {
    /// What is known.
    const SHAPE: Shape;
}

/// What is known about the extractor `T`. For a type that is [`Known`], `Probe::<T>::SHAPE` is the constant below; for any other, it
/// is that of [`Unknown`], which must be in scope: an associated constant of the type goes before one of a trait.
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: Known> Probe<T> {
    /// What is known.
    pub const SHAPE: Shape = T::SHAPE;
}

/// See [`Probe`].
pub trait Unknown {
    /// Nothing is known.
    const SHAPE: Shape = Shape::Opaque;
    /// What a document says of it as a parameter.
    const INPUT: Describe = Describe::NOTHING;
    /// The same, of the type of all parameters in the path.
    const PATH: Describe = Describe::NOTHING;
    /// The same, of the type of one parameter in the path.
    const SEGMENT: Describe = Describe::NOTHING;
    /// The same, of a type in the arguments of another.
    const SCHEMA: Describe = Describe::NOTHING;
    /// The same, of what is `Err` where a function returns a `Result`.
    const FAILURE: Describe = Describe::NOTHING;
}

impl<T: ?Sized> Unknown for Probe<T> {}

/// Proves that a request-scoped component may be used from a layer, where a type is one; see [`Probe`] for how it is told.
impl<T: Layered> Probe<T> {
    /// Does nothing: that it compiles is what is asked.
    pub fn is_usable_from<L: MayDependOn<T::Layer>>() {}
}

/// See [`Probe`].
pub trait UnknownLayer {
    /// A type without a layer is nobody's business.
    fn is_usable_from<L>() {}
}

impl<T: ?Sized> UnknownLayer for Probe<T> {}

impl<T: Known> Known for Option<T> {
    const SHAPE: Shape = T::SHAPE.within(Around::Option);
}

impl<T: Known, E> Known for Result<T, E> {
    const SHAPE: Shape = T::SHAPE.within(Around::Result);
}

macro_rules! plain {
    ($([$($parameter:ident)?] $ty:ty,)*) => {$(
        impl $(<$parameter>)? Known for $ty {
            const SHAPE: Shape = Shape::Plain;
        }
    )*};
}

plain! {
    [T] ConnectInfo<T>,
    [T] Extension<T>,
    [T] Form<T>,
    [T] Json<T>,
    [T] Path<T>,
    [T] Query<T>,
    [T] State<T>,
    [] RawForm,
    [] RawPathParams,
    [] RawQuery,
    [] Request,
    [] String,
    [] axum::body::Body,
    [] axum::body::Bytes,
    [] axum::http::HeaderMap,
    [] axum::http::Method,
    [] axum::http::Uri,
    [] axum::http::Version,
}
