//! An operation under construction.

use std::{collections::BTreeMap, mem};

use axum::http::StatusCode;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{
        ContentBuilder, HeaderBuilder, Ref, RefOr, Required, Response, Schema,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        request_body::{RequestBody, RequestBodyBuilder},
        security::SecurityScheme,
    },
};

use super::{OperationInput, OperationOutput, credentials::Credentials, prose::Prose, schemas::Schemas};
use crate::{
    policy::RoleCheck,
    problem::{Problem, ProblemKind, ToProblem},
};

/// What the operations of a document share.
#[derive(Default)]
pub(crate) struct SharedComponents {
    pub(crate) schemas: Schemas,
    pub(crate) schemes: BTreeMap<String, SecurityScheme>,
}

/// An operation under construction: what the parameters of an endpoint, its guards and providers, and what it returns add to.
///
/// To add twice is to add once: a parameter of a name is the first of it, and responses of one status become one.
pub struct OperationDraft {
    method: &'static str,
    path: String,
    operation: Operation,
    responses: BTreeMap<String, Answer>,
    credentials: Credentials,
    /// One of each is enough.
    roles: Vec<Vec<String>>,
    pub(super) shared: SharedComponents,
    /// In an `Option`: nothing has to be there.
    is_optional: bool,
    /// In a `Result`: what rejects is no response.
    is_caught: bool,
    rejections: Rejections,
    /// The status of what is described is not known.
    is_any_status: bool,
}

/// How what an extractor of axum rejects is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rejections {
    /// As axum has it.
    Text,
    /// By an extractor around it.
    Problems,
}

/// The responses of a status.
#[derive(Default)]
struct Answer {
    descriptions: Vec<String>,
    response: Response,
}

impl OperationDraft {
    pub(crate) fn new(method: &'static str, path: String, shared: SharedComponents) -> Self {
        Self {
            method,
            path,
            operation: Operation::new(),
            responses: BTreeMap::new(),
            credentials: Credentials::default(),
            roles: Vec::new(),
            shared,
            is_optional: false,
            is_caught: false,
            rejections: Rejections::Text,
            is_any_status: false,
        }
    }

    /// `GET`
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The path, as OpenAPI has it: `/books/{id}`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The operation itself, for what the other methods cannot say. Its responses and its security are added when all is described.
    pub fn operation_mut(&mut self) -> &mut Operation {
        &mut self.operation
    }

    /// The schema of `T`: a reference, under which it and all that it refers to are added to the document.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.shared.schemas.of::<T>()
    }

    /// What is said of others may refer to `T`.
    pub(crate) fn register_schema<T: ToSchema>(&mut self) {
        self.shared.schemas.of::<T>();
    }

    /// Adds a parameter, unless there is one of that name in that place.
    pub fn parameter(&mut self, mut parameter: Parameter) {
        if self.is_optional && parameter.parameter_in != ParameterIn::Path {
            parameter.required = Required::False;
        }
        let parameters = self.operation.parameters.get_or_insert_default();
        let is_same = |it: &RefOr<Parameter>| match it {
            RefOr::T(it) => it.name == parameter.name && it.parameter_in == parameter.parameter_in,
            RefOr::Ref(_) => false,
        };
        if !parameters.iter().any(is_same) {
            parameters.push(RefOr::T(parameter));
        }
    }

    /// Adds the parameters of `T`, in the query or in the headers, as `place` says.
    pub fn parameters_of<T: IntoParams>(&mut self, place: &ParameterIn) {
        for parameter in T::into_params(|| Some(place.clone())) {
            self.parameter(parameter);
        }
    }

    /// The parameters in the path are the fields of `T`.
    pub(crate) fn path_parameters_of<T: IntoParams>(&mut self) {
        let names: Vec<_> = path_names(&self.path).map(str::to_owned).collect();
        for parameter in T::into_params(|| Some(ParameterIn::Path)) {
            // Whatever else `T` is used for, what is not in the path cannot be read from there.
            if names.contains(&parameter.name) && parameter.parameter_in == ParameterIn::Path {
                self.parameter(parameter);
            }
        }
    }

    /// The first parameter in the path that has no type yet is a `T`.
    pub(crate) fn path_parameter_of<T: ToSchema>(&mut self) {
        if let Some(name) = self.next_in_path() {
            let schema = self.schema::<T>();
            self.path_parameter(name, schema);
        }
    }

    /// What is still without a type is text.
    pub(crate) fn complete_path(&mut self) {
        while let Some(name) = self.next_in_path() {
            let schema = self.schema::<String>();
            self.path_parameter(name, schema);
        }
    }

    fn next_in_path(&self) -> Option<String> {
        let parameters = self.operation.parameters.as_deref().unwrap_or_default();
        let is_there = |name: &str| {
            parameters.iter().any(|parameter| match parameter {
                RefOr::T(it) => it.name == name && it.parameter_in == ParameterIn::Path,
                RefOr::Ref(_) => false,
            })
        };
        path_names(&self.path).find(|name| !is_there(name)).map(str::to_owned)
    }

    fn path_parameter(&mut self, name: String, schema: RefOr<Schema>) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(schema));
        self.parameter(parameter.build());
    }

    /// The body of the request, of that media type.
    pub fn body(&mut self, media_type: &str, schema: Option<RefOr<Schema>>) {
        let required = if self.is_optional { Required::False } else { Required::True };
        let content = ContentBuilder::new().schema(schema).build();
        let body: RequestBody =
            RequestBodyBuilder::new().content(media_type, content).required(Some(required)).build();
        self.operation.request_body = Some(RefOr::T(body));
    }

    /// Adds a response. One without a description is described by the reason phrase of its status.
    pub fn response(&mut self, status: StatusCode, response: Response) {
        if self.is_any_status {
            self.any_response(response);
        } else {
            self.add(status.as_str().to_owned(), response);
        }
    }

    /// Adds the response of whatever status is not said.
    pub fn any_response(&mut self, response: Response) {
        self.add("default".to_owned(), response);
    }

    fn add(&mut self, status: String, mut response: Response) {
        if self.is_caught {
            return;
        }
        let answer = self.responses.entry(status).or_default();
        let description = mem::take(&mut response.description);
        if !description.is_empty() && !answer.descriptions.contains(&description) {
            answer.descriptions.push(description);
        }
        let Answer { response: all, .. } = answer;
        all.headers.extend(response.headers);
        all.links.extend(response.links);
        for (media_type, content) in response.content {
            all.content.entry(media_type).or_insert(content);
        }
        all.summary = all.summary.take().or(response.summary);
        all.extensions = all.extensions.take().or(response.extensions);
    }

    /// Adds a response with a body of that media type.
    pub(super) fn response_of(
        &mut self,
        status: StatusCode,
        media_type: &str,
        schema: Option<RefOr<Schema>>,
    ) {
        let mut response = Response::new("");
        response.content.insert(media_type.to_owned(), ContentBuilder::new().schema(schema).into());
        self.response(status, response);
    }

    /// An extractor answers with that status, and a line of text.
    pub(super) fn rejection(&mut self, status: StatusCode) {
        if self.rejections == Rejections::Problems {
            self.problem(&ProblemKind::new(status));
        } else {
            let text = self.schema::<String>();
            self.response_of(status, "text/plain; charset=utf-8", Some(text));
        }
    }

    /// Adds the response to a problem, described by the first paragraph of its description.
    pub fn problem(&mut self, kind: &ProblemKind) {
        let text = kind.description.as_ref().or(kind.title.as_ref());
        let text = text.and_then(|text| Prose::read(text).summary);
        let description = match (&kind.type_uri, text) {
            (Some(uri), Some(text)) => format!("`{uri}`: {text}"),
            (Some(uri), None) => format!("`{uri}`"),
            (None, text) => text.unwrap_or_default(),
        };
        let schema = self.schema::<Problem>();
        let mut response = Response::new(description);
        response
            .content
            .insert("application/problem+json".to_owned(), ContentBuilder::new().schema(Some(schema)).into());
        if kind.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderBuilder::new().description(Some("How to authenticate (RFC 9110).")).build();
            response.headers.insert("WWW-Authenticate".to_owned(), RefOr::T(challenge));
        }
        self.response(kind.status, response);
    }

    /// Adds the responses to all problems that an `E` can be.
    pub fn problems_of<E: ToProblem>(&mut self) {
        for kind in E::kinds() {
            self.problem(&kind);
        }
    }

    /// Adds the responses that `T` says to utoipa.
    pub fn responses_of<T: IntoResponses>(&mut self) {
        for (status, response) in T::responses() {
            match response {
                RefOr::T(response) => self.add(status, response),
                RefOr::Ref(reference) => self.refer(status, reference),
            }
        }
    }

    fn refer(&mut self, status: String, reference: Ref) {
        self.operation.responses.responses.entry(status).or_insert(RefOr::Ref(reference));
    }

    /// Asks for credentials: under that name, the scheme is added to the document.
    pub fn security(&mut self, name: &str, scheme: SecurityScheme) {
        // The name is the key of a component.
        let is_fit = |it: char| it.is_ascii_alphanumeric() || "-._".contains(it);
        let name: String = name.chars().map(|letter| if is_fit(letter) { letter } else { '_' }).collect();
        let schemes = &mut self.shared.schemes;
        let mut unique = name.clone();
        let mut count = 1;
        while schemes.get(&unique).is_some_and(|other| *other != scheme) {
            count += 1;
            unique = format!("{name}_{count}");
        }
        schemes.entry(unique.clone()).or_insert(scheme);
        self.credentials.and(&Credentials::of(&unique));
    }

    /// Describes the extractor `I`.
    pub fn input<I: OperationInput>(&mut self) {
        I::operation_input(self);
    }

    /// Describes the extractor `I`, whose rejections are sent as problems with the same status.
    pub fn input_with_problems<I: OperationInput>(&mut self) {
        let before = mem::replace(&mut self.rejections, Rejections::Problems);
        I::operation_input(self);
        self.rejections = before;
    }

    /// Describes the response `O`.
    pub fn output<O: OperationOutput>(&mut self) {
        O::operation_output(self);
    }

    /// Describes the response `O`, whose status is set elsewhere.
    pub(super) fn output_of_any_status<O: OperationOutput>(&mut self) {
        let before = mem::replace(&mut self.is_any_status, true);
        O::operation_output(self);
        self.is_any_status = before;
    }

    /// What is described need not be there.
    pub(crate) fn optional(&mut self, describe: impl FnOnce(&mut Self)) {
        let before = mem::replace(&mut self.is_optional, true);
        let mut credentials = self.apart(describe);
        self.is_optional = before;
        credentials.or_none();
        self.credentials.and(&credentials);
    }

    /// What is described rejects nothing.
    pub(crate) fn handled(&mut self, describe: impl FnOnce(&mut Self)) {
        let before = mem::replace(&mut self.is_caught, true);
        self.optional(describe);
        self.is_caught = before;
    }

    /// Somebody is asked for, with one of the roles, if any are said.
    pub(crate) fn required(&mut self, roles: Option<&RoleCheck>, describe: impl FnOnce(&mut Self)) {
        let mut credentials = self.apart(describe);
        credentials.required();
        if let Some(RoleCheck { any_of, .. }) = roles
            && !any_of.is_empty()
        {
            // Without the path of the enum, which is a matter of the program.
            let names: Vec<_> =
                any_of.iter().map(|role| role.rsplit("::").next().unwrap_or(role).to_owned()).collect();
            credentials.with_roles(&names);
            self.problem(&ProblemKind::new(StatusCode::UNAUTHORIZED));
            self.problem(&ProblemKind::new(StatusCode::FORBIDDEN));
            if !self.roles.contains(&names) {
                self.roles.push(names);
            }
        }
        self.credentials.and(&credentials);
    }

    /// The roles that are asked for, one of each.
    pub(crate) fn roles(&self) -> impl Iterator<Item = &[String]> {
        self.roles.iter().map(Vec::as_slice)
    }

    /// The credentials that are asked for meanwhile.
    fn apart(&mut self, describe: impl FnOnce(&mut Self)) -> Credentials {
        let before = mem::take(&mut self.credentials);
        describe(self);
        mem::replace(&mut self.credentials, before)
    }

    /// Whether something is said about a response that is no error.
    pub(crate) fn has_success(&self) -> bool {
        let is_error = |status: &String| status.starts_with(['4', '5']);
        !self.responses.keys().chain(self.operation.responses.responses.keys()).all(is_error)
    }

    pub(crate) fn finish(mut self) -> (Operation, SharedComponents) {
        for (status, Answer { descriptions, mut response }) in self.responses {
            response.description = match descriptions.as_slice() {
                [] => reason(&status).to_owned(),
                [only] => only.clone(),
                several => several.iter().map(|text| format!("- {text}")).collect::<Vec<_>>().join("\n"),
            };
            self.operation.responses.responses.entry(status).or_insert(RefOr::T(response));
        }
        if let Some(requirements) = self.credentials.requirements() {
            self.operation.security.get_or_insert_default().extend(requirements);
        }
        (self.operation, self.shared)
    }
}

fn reason(status: &str) -> &'static str {
    let status = StatusCode::from_bytes(status.as_bytes()).ok();
    status.and_then(|it| it.canonical_reason()).unwrap_or("The response")
}

/// The parameters in a path.
fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
