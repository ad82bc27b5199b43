//! Generation of the OpenAPI document.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    fmt, mem,
    ops::{Deref, DerefMut},
};

use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use utoipa::openapi::{
    ComponentsBuilder, Deprecated, HttpMethod, Info, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, RefOr,
    Response,
};

use super::{operation_id::operation_ids, undescribed::Undescribed};
use crate::{
    location::Location,
    metadata::{
        AroundSpec, EndpointSpec, GuardSpec, Method, ParameterKind, ParameterSpec, Ports, ProviderNode,
        Wrapper,
    },
    operation::{OperationDraft, Prose, Report, RequiredNames, SharedComponents, UnknownSchema},
    policy::{Policy, RoleCheck},
    problem::ProblemKind,
};

/// Endpoint with the routes around it.
pub(crate) struct DocumentedEndpoint<'a> {
    pub(crate) spec: &'static EndpointSpec,
    /// The full path, including the prefixes of nested routes.
    pub(crate) path: String,
    /// The guards of the enclosing routes, outermost first.
    pub(crate) guards: Vec<(GuardSpec, &'a [RoleCheck], &'a str)>,
    /// The around functions, outermost first.
    pub(crate) arounds: Vec<&'static AroundSpec>,
}

/// OpenAPI document of [`Routes`](crate::Routes): see [`Routes::openapi`](crate::Routes::openapi). It derefs to,
/// serializes as, and converts to utoipa's [`OpenApi`].
#[derive(Clone, PartialEq)]
pub struct Document {
    openapi: OpenApi,
    undescribed: Undescribed,
}

impl Document {
    /// Returns the parts of the API that the document does not describe, or not exactly: parameters and
    /// responses without a description, statuses that are set at run time, plain axum routers.
    ///
    /// A test keeps the document complete:
    ///
    /// ```
    /// # use axum::http::HeaderMap;
    /// # use inject_runtime::{Routes, container, get, routes};
    /// #[get("/me", public)]
    /// pub async fn me(headers: HeaderMap) -> String {
    ///     format!("{:?}", headers.get("user-agent"))
    /// }
    ///
    /// # #[container]
    /// # pub struct App {}
    /// # fn all() -> Routes<App> {
    /// #     routes![me]
    /// # }
    /// let document = all().openapi();
    /// // In a test: assert!(document.undescribed().is_empty(), "{}", document.undescribed());
    /// assert_eq!(document.undescribed()[0].operations, ["GET /me"]);
    /// assert_eq!(document.undescribed()[0].what, "HeaderMap");
    /// ```
    #[must_use]
    pub fn undescribed(&self) -> &Undescribed {
        &self.undescribed
    }

    /// Returns the document alone.
    #[must_use]
    pub fn into_openapi(self) -> OpenApi {
        self.openapi
    }
}

impl Deref for Document {
    type Target = OpenApi;

    fn deref(&self) -> &OpenApi {
        &self.openapi
    }
}

impl DerefMut for Document {
    fn deref_mut(&mut self) -> &mut OpenApi {
        &mut self.openapi
    }
}

impl From<Document> for OpenApi {
    fn from(document: Document) -> Self {
        document.openapi
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.openapi.serialize(serializer)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.openapi.paths.paths.keys().collect();
        f.debug_struct("Document")
            .field("paths", &paths)
            .field("undescribed", &self.undescribed)
            .finish_non_exhaustive()
    }
}

/// Returns the document of all `endpoints`. The routes of `plain_routers` are not known.
pub(crate) fn document(
    endpoints: &[DocumentedEndpoint<'_>],
    plain_routers: Vec<String>,
    ports: &Ports,
) -> Document {
    let (ids, providers) = (operation_ids(endpoints), providers(endpoints, ports));
    let (mut operations, mut undescribed) = (Vec::new(), Undescribed::default());
    let mut shared = SharedComponents::default();
    for (endpoint, id) in endpoints.iter().zip(ids) {
        let path = openapi_path(&endpoint.path);
        let DocumentedEndpoint { spec, .. } = endpoint;
        let Some(method) = method(spec.method) else {
            let mut report = Report::new(format!("{} {path}", spec.method.as_str()), spec.location);
            report.add(spec.name.to_owned(), "OpenAPI does not know the method".to_owned());
            report.parts.into_iter().for_each(|part| undescribed.add(part));
            continue;
        };
        let mut draft = OperationDraft::new(spec.method.as_str(), path.clone(), spec.location, shared);
        describe(endpoint, id, (&providers, ports), &mut draft);
        let (operation, rest, report) = draft.finish();
        shared = rest;
        operations.push((path, method, operation, Report { parts: Vec::new(), ..report }));
        report.parts.into_iter().for_each(|part| undescribed.add(part));
    }
    let SharedComponents { schemas, schemes } = shared;
    let (schemas, unknown) = schemas.resolve(operations.iter_mut().map(|(_, _, operation, _)| operation));
    for UnknownSchema { operation, name, why } in unknown {
        let (.., report) = &mut operations[operation];
        report.add(name, why);
        report.parts.drain(..).for_each(|part| undescribed.add(part));
    }
    for path in plain_routers {
        let why = "axum does not disclose the routes of a plain router: declare them with `#[get]` and its siblings";
        let mut report = Report::new(path, Location::EMPTY);
        report.add("Router".to_owned(), why.to_owned());
        report.parts.into_iter().for_each(|part| undescribed.add(part));
    }
    let paths = operations.into_iter().fold(PathsBuilder::new(), |paths, (path, method, operation, _)| {
        paths.path(path, PathItem::new(method, operation))
    });
    let components = schemes
        .into_iter()
        .fold(ComponentsBuilder::new(), |components, (name, scheme)| {
            components.security_scheme(name, RefOr::T(scheme))
        })
        .schemas_from_iter(schemas);
    let openapi = OpenApiBuilder::new()
        .info(Info::new("", ""))
        .paths(paths.build())
        .components(Some(components.build()))
        .build();
    Document { openapi, undescribed }
}

fn describe(
    endpoint: &DocumentedEndpoint<'_>,
    id: String,
    (providers, ports): (&Providers, &Ports),
    draft: &mut OperationDraft,
) {
    let spec = endpoint.spec;
    let Prose { summary, description } = Prose::read(spec.documentation.text);
    for (guard, checks, label) in &endpoint.guards {
        match guard.parameter.or_else(|| providers.get(&(guard.id)()).copied()) {
            Some(parameter) => guarded(&parameter, checks, ports, draft),
            None => {
                draft.required(*checks, |_| {});
                draft.undescribed(*label, "the principal of the guard has no description: derive `Role`, or take the principal in an endpoint");
            }
        }
    }
    if let Some(parameter) = spec.principal {
        draft.required(&spec.policy_checks(), |draft| Walk::new(ports).parameter(&parameter, draft));
    }
    for around in &endpoint.arounds {
        draft.at(around.location, |draft| {
            for parameter in around.parameters {
                guarded(parameter, &[], ports, draft);
            }
            around.failure.describe(draft);
        });
    }
    for parameter in spec.parameters {
        guarded(parameter, &[], ports, draft);
    }
    if spec.policy != Policy::Public {
        draft.problem(&ProblemKind::new(StatusCode::UNAUTHORIZED));
    }
    draft.complete_path();
    for schema in spec.documentation.schemas {
        schema.describe(draft);
    }
    (spec.documentation.responses)(draft);
    if !draft.has_success() {
        draft.response_of_any_status(Response::new(""));
    }
    match spec.policy {
        Policy::Public => draft.public(),
        _ if draft.has_credentials() => {}
        policy => draft.undescribed(
            policy.to_string(),
            "the document does not say how to authenticate: let the extractor of the principal use credentials, such as `Bearer`, or call `OperationDraft::security` in its `OperationInput`",
        ),
    }
    let required = draft.required_names().iter().map(one_of);
    let description: Vec<_> = description.into_iter().chain(required).collect();
    let operation = draft.operation_mut();
    operation.tags = tag(spec.module).map(|tag| vec![tag.to_owned()]);
    operation.summary = summary;
    operation.description = (!description.is_empty()).then(|| description.join("\n\n"));
    operation.operation_id = Some(id);
    operation.deprecated = spec.documentation.is_deprecated.then_some(Deprecated::True);
}

/// Adds what a guard extracts, with what the checks require.
fn guarded(parameter: &ParameterSpec, checks: &[RoleCheck], ports: &Ports, draft: &mut OperationDraft) {
    if !checks.is_empty() || ports.demand_credentials(parameter) {
        draft.required(checks, |draft| Walk::new(ports).parameter(parameter, draft));
    } else {
        Walk::new(ports).parameter(parameter, draft);
    }
}

fn one_of(RequiredNames { names, is_role }: &RequiredNames) -> String {
    let (one, several) = if *is_role { ("role", "roles") } else { ("permission", "permissions") };
    match names.as_slice() {
        [only] => format!("Requires the {one} `{only}`."),
        [first @ .., last] => {
            format!("Requires one of the {several} `{}` and `{last}`.", first.join("`, `"))
        }
        [] => String::new(),
    }
}

/// Traversal of the providers below a parameter.
struct Walk<'p> {
    ports: &'p Ports,
    visited: HashSet<TypeId>,
    /// Providers visited below an optional parameter. They are visited again below a required one.
    optional: HashSet<TypeId>,
    is_optional: bool,
}

impl<'p> Walk<'p> {
    fn new(ports: &'p Ports) -> Self {
        Self { ports, visited: HashSet::new(), optional: HashSet::new(), is_optional: false }
    }

    fn parameter(&mut self, parameter: &ParameterSpec, draft: &mut OperationDraft) {
        match self.ports.resolve(parameter.kind) {
            ParameterKind::Provider(node) | ParameterKind::Uncached(node) => self.provider(node(), draft),
            ParameterKind::Wrapped(node, Wrapper::Option) => {
                draft.optional(|draft| self.optional(node(), draft));
            }
            ParameterKind::Wrapped(node, Wrapper::Result) => {
                draft.handled(|draft| self.optional(node(), draft));
            }
            ParameterKind::Wrapped(node, Wrapper::Authorized(check)) => {
                draft.required(&check(), |draft| self.provider(node(), draft));
            }
            ParameterKind::Plain
            | ParameterKind::Path(_)
            | ParameterKind::Injected(_)
            | ParameterKind::Scoped
            | ParameterKind::Port(_)
            | ParameterKind::NewScope(_)
            | ParameterKind::Opaque => {}
        }
        let describe = |draft: &mut OperationDraft| {
            for input in parameter.input {
                input.describe(draft);
            }
        };
        // Of the types that are not described by their kind, each should describe itself.
        match parameter.kind {
            ParameterKind::Plain | ParameterKind::Opaque => describe(draft),
            _ => draft.known_otherwise(describe),
        }
    }

    fn optional(&mut self, node: &ProviderNode, draft: &mut OperationDraft) {
        let before = mem::replace(&mut self.is_optional, true);
        self.provider(node, draft);
        self.is_optional = before;
    }

    fn provider(&mut self, node: &ProviderNode, draft: &mut OperationDraft) {
        let id = (node.output.id)();
        let is_new = !self.visited.contains(&id)
            && if self.is_optional { self.optional.insert(id) } else { self.visited.insert(id) };
        if is_new {
            draft.at(node.location, |draft| {
                for parameter in node.parameters {
                    self.parameter(parameter, draft);
                }
                node.rejection.describe(draft);
            });
        }
    }
}

/// Known providers, by the type of their output.
type Providers = HashMap<TypeId, ParameterSpec>;

/// Returns all providers that the endpoints use, at any depth. A guard names a provider by its type alone.
fn providers(endpoints: &[DocumentedEndpoint<'_>], ports: &Ports) -> Providers {
    fn add(parameters: &[ParameterSpec], ports: &Ports, providers: &mut Providers) {
        for parameter in parameters {
            let (ParameterKind::Provider(get)
            | ParameterKind::Wrapped(get, _)
            | ParameterKind::Uncached(get)) = ports.resolve(parameter.kind)
            else {
                continue;
            };
            let node = get();
            let found = ParameterSpec { kind: ParameterKind::Provider(get), input: &[], ..*parameter };
            if providers.insert((node.output.id)(), found).is_none() {
                add(node.parameters, ports, providers);
            }
        }
    }
    let mut providers = Providers::new();
    for DocumentedEndpoint { spec, guards, arounds, .. } in endpoints {
        add(spec.parameters, ports, &mut providers);
        for around in arounds {
            add(around.parameters, ports, &mut providers);
        }
        let principals = guards.iter().filter_map(|(guard, ..)| guard.parameter);
        add(&principals.chain(spec.principal).collect::<Vec<_>>(), ports, &mut providers);
    }
    providers
}

/// Returns the last segment of a module path.
fn tag(module: &str) -> Option<&str> {
    module.rsplit("::").next().filter(|segment| !segment.is_empty())
}

/// Converts a path to the syntax of OpenAPI: `/files/{rest}` for `/files/{*rest}`. OpenAPI has no
/// parameters of several segments.
fn openapi_path(path: &str) -> String {
    path.replace("{*", "{")
}

/// Returns the method as an OpenAPI method. OpenAPI does not know `CONNECT`.
const fn method(method: Method) -> Option<HttpMethod> {
    Some(match method {
        Method::Connect => return None,
        Method::Delete => HttpMethod::Delete,
        Method::Get => HttpMethod::Get,
        Method::Head => HttpMethod::Head,
        Method::Options => HttpMethod::Options,
        Method::Patch => HttpMethod::Patch,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Trace => HttpMethod::Trace,
    })
}
