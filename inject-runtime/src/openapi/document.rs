//! Generation of the OpenAPI document.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    mem,
};

use axum::http::StatusCode;
use utoipa::openapi::{
    ComponentsBuilder, Deprecated, HttpMethod, Info, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, RefOr,
    Response,
};

use crate::{
    credentials::{Basic, Bearer},
    metadata::{
        EndpointSpec, GuardSpec, Method, ParameterKind, ParameterSpec, Probe, ProviderNode, TypeDescription,
        Wrapper,
    },
    operation::{OperationDraft, Prose, RequiredNames, SharedComponents},
    policy::RoleCheck,
    problem::ProblemKind,
};

/// Endpoint with the routes around it.
pub(crate) struct DocumentedEndpoint<'a> {
    pub(crate) spec: &'static EndpointSpec,
    /// The full path, including the prefixes of nested routes.
    pub(crate) path: String,
    /// The guards of the enclosing routes, outermost first.
    pub(crate) guards: Vec<(GuardSpec, &'a [RoleCheck])>,
}

/// Returns the document of all `endpoints`.
pub(crate) fn document(endpoints: &[DocumentedEndpoint<'_>]) -> OpenApi {
    let (ids, providers) = (operation_ids(endpoints), providers(endpoints));
    let mut paths = PathsBuilder::new();
    let mut shared = SharedComponents::default();
    for (endpoint, id) in endpoints.iter().zip(ids) {
        let Some(method) = method(endpoint.spec.method) else { continue };
        let path = openapi_path(&endpoint.path);
        let mut draft = OperationDraft::new(endpoint.spec.method.as_str(), path.clone(), shared);
        describe(endpoint, id, &providers, &mut draft);
        let (operation, rest) = draft.finish();
        shared = rest;
        paths = paths.path(path, PathItem::new(method, operation));
    }
    let SharedComponents { schemas, schemes } = shared;
    let mut paths = paths.build();
    let components = schemes
        .into_iter()
        .fold(ComponentsBuilder::new(), |components, (name, scheme)| {
            components.security_scheme(name, RefOr::T(scheme))
        })
        .schemas_from_iter(schemas.resolve(&mut paths));
    OpenApiBuilder::new().info(Info::new("", "")).paths(paths).components(Some(components.build())).build()
}

fn describe(
    endpoint: &DocumentedEndpoint<'_>,
    id: String,
    providers: &Providers,
    draft: &mut OperationDraft,
) {
    let spec = endpoint.spec;
    let Prose { summary, description } = Prose::read(spec.documentation.text);
    for (guard, checks) in &endpoint.guards {
        principal(&guarding(guard, providers), checks, draft);
    }
    if let Some(parameter) = spec.principal {
        principal(&parameter, &spec.policy_checks(), draft);
        draft.problem(&ProblemKind::new(StatusCode::UNAUTHORIZED));
    }
    for parameter in spec.parameters {
        Walk::default().parameter(parameter, draft);
    }
    draft.complete_path();
    for schema in spec.documentation.schemas {
        schema.describe(draft);
    }
    (spec.documentation.responses)(draft);
    if !draft.has_success() {
        draft.any_response(Response::new(""));
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

/// Adds a principal, which is required, with what the checks require.
fn principal(parameter: &ParameterSpec, checks: &[RoleCheck], draft: &mut OperationDraft) {
    draft.required(checks, |draft| Walk::default().parameter(parameter, draft));
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
#[derive(Default)]
struct Walk {
    visited: HashSet<TypeId>,
    /// Providers visited below an optional parameter. They are visited again below a required one.
    optional: HashSet<TypeId>,
    is_optional: bool,
}

impl Walk {
    fn parameter(&mut self, parameter: &ParameterSpec, draft: &mut OperationDraft) {
        match parameter.kind {
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
            | ParameterKind::Opaque => {}
        }
        for input in parameter.input {
            input.describe(draft);
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
            for parameter in node.parameters {
                self.parameter(parameter, draft);
            }
            node.rejection.describe(draft);
        }
    }
}

/// Known providers, by the type of their output.
type Providers = HashMap<TypeId, ParameterSpec>;

/// Returns all providers that the endpoints use, at any depth. A guard names a provider by its type alone.
fn providers(endpoints: &[DocumentedEndpoint<'_>]) -> Providers {
    fn add(parameters: &[ParameterSpec], providers: &mut Providers) {
        for parameter in parameters {
            let (ParameterKind::Provider(get)
            | ParameterKind::Wrapped(get, _)
            | ParameterKind::Uncached(get)) = parameter.kind
            else {
                continue;
            };
            let node = get();
            let found = ParameterSpec { kind: ParameterKind::Provider(get), input: &[], ..*parameter };
            if providers.insert((node.output.id)(), found).is_none() {
                add(node.parameters, providers);
            }
        }
    }
    let mut providers = Providers::new();
    for DocumentedEndpoint { spec, guards, .. } in endpoints {
        add(spec.parameters, &mut providers);
        let principals = guards.iter().filter_map(|(guard, _)| guard.principal);
        add(&principals.chain(spec.principal).collect::<Vec<_>>(), &mut providers);
    }
    providers
}

/// Returns the parameter that a guard extracts.
fn guarding(guard: &GuardSpec, providers: &Providers) -> ParameterSpec {
    let id = (guard.id)();
    let credentials: &[TypeDescription] = match () {
        () if id == TypeId::of::<Bearer>() => &[Probe::<Bearer>::INPUT],
        () if id == TypeId::of::<Basic>() => &[Probe::<Basic>::INPUT],
        () => &[],
    };
    let known = guard.principal.or_else(|| providers.get(&id).copied());
    known.unwrap_or(ParameterSpec { input: credentials, ..ParameterSpec::EMPTY })
}

/// Returns the operation ids: the names of the functions, with their modules where several functions share
/// a name.
fn operation_ids(endpoints: &[DocumentedEndpoint<'_>]) -> Vec<String> {
    let qualified = |spec: &EndpointSpec, depth: usize| {
        let mut segments: Vec<_> = spec.module.rsplit("::").take(depth).collect();
        segments.reverse();
        segments.push(spec.name);
        segments.join("_")
    };
    let depth = |endpoint: &DocumentedEndpoint<'_>| endpoint.spec.module.split("::").count();
    let deepest = endpoints.iter().map(depth).max().unwrap_or_default();
    let mut ids: Vec<_> = endpoints.iter().map(|endpoint| endpoint.spec.name.to_owned()).collect();
    for depth in 1..=deepest {
        let mut modules: HashMap<_, HashSet<_>> = HashMap::new();
        for (id, endpoint) in ids.iter().zip(endpoints) {
            modules.entry(id.clone()).or_default().insert(endpoint.spec.module);
        }
        for (id, endpoint) in ids.iter_mut().zip(endpoints) {
            if modules[id].len() > 1 {
                *id = qualified(endpoint.spec, depth);
            }
        }
    }
    // One endpoint may be mounted twice.
    let mut seen: HashMap<String, usize> = HashMap::new();
    for id in &mut ids {
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            *id = format!("{id}_{count}");
        }
    }
    ids
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
