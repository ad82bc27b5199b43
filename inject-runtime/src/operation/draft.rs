//! Draft of one operation.

use std::{collections::BTreeMap, mem};

use axum::http::StatusCode;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        ContentBuilder, RefOr, Required, Schema,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        request_body::{RequestBody, RequestBodyBuilder},
        security::SecurityScheme,
    },
};

use super::{
    OperationInput, OperationOutput, credentials::Credentials, report::Report, responses::Answer,
    schemas::Schemas,
};
use crate::{location::Location, policy::RoleCheck, problem::ProblemKind};

/// Components that the operations of a document share.
#[derive(Default)]
pub(crate) struct SharedComponents {
    pub(crate) schemas: Schemas,
    pub(crate) schemes: BTreeMap<String, SecurityScheme>,
}

/// Draft of an OpenAPI operation, to which the parameters, guards, providers and return type of an endpoint
/// add.
///
/// Adding twice has no effect: parameters of the same name and place are merged, and so are responses with the
/// same status.
///
/// [`OperationInput`] and [`OperationOutput`] have examples.
#[allow(clippy::struct_excessive_bools, reason = "they are independent")]
pub struct OperationDraft {
    method: &'static str,
    path: String,
    pub(super) operation: Operation,
    pub(super) responses: BTreeMap<String, Answer>,
    credentials: Credentials,
    /// One role of each list is required.
    required: Vec<RequiredNames>,
    pub(super) shared: SharedComponents,
    /// Inside an `Option`: no input is required.
    is_optional: bool,
    /// Inside a `Result`: rejections are not responses.
    pub(super) is_caught: bool,
    pub(super) rejections: Rejections,
    /// The status of the described response is not known.
    pub(super) is_any_status: bool,
    /// The described response is that of an error.
    pub(super) is_failure: bool,
    /// The extractor around the parameter describes it more precisely than its type.
    pub(super) is_known_otherwise: bool,
    /// The connection switches to another protocol.
    pub(super) is_upgrade: bool,
    /// No credentials are required.
    is_public: bool,
    /// Headers of the responses.
    pub(super) headers: Vec<DescribedHeader>,
    pub(super) report: Report,
}

/// Header of the responses.
pub(super) struct DescribedHeader {
    pub(super) name: String,
    pub(super) description: String,
    /// Whether responses of errors have it.
    pub(super) is_on_errors: bool,
}

/// Roles or permissions of a check, one of which is required.
#[derive(PartialEq, Eq)]
pub(crate) struct RequiredNames {
    pub(crate) names: Vec<String>,
    /// Whether all of them are roles.
    pub(crate) is_role: bool,
}

/// Format in which the rejections of axum's extractors are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejections {
    /// As axum sends them.
    Text,
    /// Converted by an extractor that wraps axum's extractor.
    Problems,
}

impl OperationDraft {
    pub(crate) fn new(
        method: &'static str,
        path: String,
        location: Location,
        shared: SharedComponents,
    ) -> Self {
        Self {
            report: Report::new(format!("{method} {path}"), location),
            method,
            path,
            operation: Operation::new(),
            responses: BTreeMap::new(),
            credentials: Credentials::default(),
            required: Vec::new(),
            shared,
            is_optional: false,
            is_caught: false,
            rejections: Rejections::Text,
            is_any_status: false,
            is_failure: false,
            is_known_otherwise: false,
            is_upgrade: false,
            is_public: false,
            headers: Vec::new(),
        }
    }

    /// Returns the HTTP method: `GET`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Returns the path in the syntax of OpenAPI: `/books/{id}`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the operation itself, for properties that the other methods do not cover. Its responses and
    /// its security requirements are added at the end.
    pub fn operation_mut(&mut self) -> &mut Operation {
        &mut self.operation
    }

    /// Returns a reference to the schema of `T`. The schema and all schemas that it refers to are added to
    /// the document.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.shared.schemas.of::<T>()
    }

    /// Makes `T` known, so that schemas of other types can refer to it.
    pub(crate) fn register_schema<T: ToSchema>(&mut self) {
        self.shared.schemas.of::<T>();
    }

    /// Adds a parameter. If one of the same name exists in the same place, it is required if one of them is, and
    /// keeps its schema and its description if it has them.
    pub fn parameter(&mut self, mut parameter: Parameter) {
        if self.is_optional && parameter.parameter_in != ParameterIn::Path {
            parameter.required = Required::False;
        }
        // The names of headers are in either case.
        let is_same_name = |other: &str| match parameter.parameter_in {
            ParameterIn::Header => other.eq_ignore_ascii_case(&parameter.name),
            _ => other == parameter.name,
        };
        let parameters = self.operation.parameters.get_or_insert_default();
        let known = parameters.iter_mut().find_map(|other| match other {
            RefOr::T(other) if other.parameter_in == parameter.parameter_in && is_same_name(&other.name) => {
                Some(other)
            }
            _ => None,
        });
        let Some(known) = known else {
            parameters.push(RefOr::T(parameter));
            return;
        };
        if parameter.required == Required::True {
            known.required = Required::True;
        }
        known.schema = known.schema.take().or(parameter.schema);
        known.description = known.description.take().or(parameter.description);
    }

    /// Adds the fields of `T` as parameters of the query or of the headers, depending on `place`.
    pub fn parameters_of<T: IntoParams>(&mut self, place: &ParameterIn) {
        for parameter in T::into_params(|| Some(place.clone())) {
            self.parameter(parameter);
        }
    }

    /// Adds the properties of the schema of `T` as parameters of the query.
    pub(super) fn query_of<T: ToSchema>(&mut self) {
        // For the schemas to which the properties refer.
        self.schema::<T>();
        let RefOr::T(Schema::Object(object)) = T::schema() else { return };
        for (name, schema) in object.properties {
            let required = if object.required.contains(&name) { Required::True } else { Required::False };
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(required)
                .schema(Some(schema));
            self.parameter(parameter.build());
        }
    }

    /// Adds the fields of `T` as parameters of the path.
    pub(crate) fn path_parameters_of<T: IntoParams>(&mut self) {
        let names: Vec<_> = path_names(&self.path).map(str::to_owned).collect();
        for parameter in T::into_params(|| Some(ParameterIn::Path)) {
            // `T` may have fields for other uses. Only those that the path names can be read from it.
            if names.contains(&parameter.name) && parameter.parameter_in == ParameterIn::Path {
                self.parameter(parameter);
            }
        }
    }

    /// Declares the first path parameter without a type as a `T`.
    pub(crate) fn path_parameter_of<T: ToSchema>(&mut self) {
        if let Some(name) = self.next_in_path() {
            let schema = self.schema::<T>();
            self.path_parameter(name, schema);
        }
    }

    /// Declares the remaining path parameters as text.
    pub(crate) fn complete_path(&mut self) {
        while let Some(name) = self.next_in_path() {
            let schema = self.schema::<String>();
            self.path_parameter(name, schema);
        }
    }

    pub(super) fn next_in_path(&self) -> Option<String> {
        let parameters = self.operation.parameters.as_deref().unwrap_or_default();
        let is_there = |name: &str| {
            parameters.iter().any(|parameter| match parameter {
                RefOr::T(parameter) => parameter.name == name && parameter.parameter_in == ParameterIn::Path,
                RefOr::Ref(_) => false,
            })
        };
        path_names(&self.path).find(|name| !is_there(name)).map(str::to_owned)
    }

    pub(super) fn path_parameter(&mut self, name: String, schema: RefOr<Schema>) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(schema));
        self.parameter(parameter.build());
    }

    /// Sets the body of the request, with this media type.
    pub fn body(&mut self, media_type: &str, schema: Option<RefOr<Schema>>) {
        let required = if self.is_optional { Required::False } else { Required::True };
        let content = ContentBuilder::new().schema(schema).build();
        let body: RequestBody =
            RequestBodyBuilder::new().content(media_type, content).required(Some(required)).build();
        self.operation.request_body = Some(RefOr::T(body));
    }

    /// Requires credentials. The scheme is added to the document under this name.
    pub fn security(&mut self, name: &str, scheme: SecurityScheme) {
        self.any_security([(name, scheme)]);
    }

    /// Requires the credentials of one of several schemes.
    pub(crate) fn any_security<'n>(&mut self, schemes: impl IntoIterator<Item = (&'n str, SecurityScheme)>) {
        let mut any = Credentials::none();
        for (name, scheme) in schemes {
            any.or(Credentials::of(&self.register_scheme(name, scheme)));
        }
        self.credentials.and(&any);
    }

    /// Returns the name of the scheme in the document: a name that another scheme has gets a number.
    fn register_scheme(&mut self, name: &str, scheme: SecurityScheme) -> String {
        // The name becomes the key of a component.
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
        let name: String =
            name.chars().map(|character| if is_allowed(character) { character } else { '_' }).collect();
        let schemes = &mut self.shared.schemes;
        let mut unique = name.clone();
        let mut count = 1;
        while schemes.get(&unique).is_some_and(|other| *other != scheme) {
            count += 1;
            unique = format!("{name}_{count}");
        }
        schemes.entry(unique.clone()).or_insert(scheme);
        unique
    }

    /// Adds the description of the extractor `I`.
    pub fn input<I: OperationInput>(&mut self) {
        I::operation_input(self);
    }

    /// Adds the description of the extractor `I`, whose rejections are sent as problems with the same
    /// status.
    pub fn input_with_problems<I: OperationInput>(&mut self) {
        let before = mem::replace(&mut self.rejections, Rejections::Problems);
        I::operation_input(self);
        self.rejections = before;
    }

    /// Adds the description of the response `O`.
    pub fn output<O: OperationOutput>(&mut self) {
        O::operation_output(self);
    }

    /// Adds the description of the response `O`, whose status is set elsewhere.
    pub(super) fn output_of_any_status<O: OperationOutput>(&mut self) {
        let before = mem::replace(&mut self.is_any_status, true);
        O::operation_output(self);
        self.is_any_status = before;
    }

    /// Adds a description whose inputs and credentials are optional.
    pub(crate) fn optional(&mut self, describe: impl FnOnce(&mut Self)) {
        let before = mem::replace(&mut self.is_optional, true);
        let mut credentials = self.apart(describe);
        self.is_optional = before;
        credentials.or_none();
        self.credentials.and(&credentials);
    }

    /// Adds a description whose inputs and credentials are optional, and whose rejections are handled by
    /// the endpoint.
    pub(crate) fn handled(&mut self, describe: impl FnOnce(&mut Self)) {
        let before = mem::replace(&mut self.is_caught, true);
        self.optional(describe);
        self.is_caught = before;
    }

    /// Adds a description whose credentials are required, with what each of the checks requires.
    pub(crate) fn required<'c>(
        &mut self,
        checks: impl IntoIterator<Item = &'c RoleCheck>,
        describe: impl FnOnce(&mut Self),
    ) {
        let mut credentials = self.apart(describe);
        credentials.required();
        for RoleCheck { any_of, permissions, .. } in checks {
            // Without the path of the enum, which is internal to the program.
            let roles = any_of.iter().map(|path| path.rsplit("::").next().unwrap_or(path).to_owned());
            let names: Vec<_> = roles.chain(permissions.iter().cloned()).collect();
            if names.is_empty() {
                continue;
            }
            credentials.with_roles(&names);
            self.problem(&ProblemKind::new(StatusCode::UNAUTHORIZED));
            self.problem(&ProblemKind::new(StatusCode::FORBIDDEN));
            let required = RequiredNames { names, is_role: permissions.is_empty() };
            if !self.required.contains(&required) {
                self.required.push(required);
            }
        }
        self.credentials.and(&credentials);
    }

    /// Returns the required roles and permissions: one name of each entry is required.
    pub(crate) fn required_names(&self) -> &[RequiredNames] {
        &self.required
    }

    /// Returns the credentials that `describe` requires, separately.
    fn apart(&mut self, describe: impl FnOnce(&mut Self)) -> Credentials {
        let before = mem::take(&mut self.credentials);
        describe(self);
        mem::replace(&mut self.credentials, before)
    }

    /// Declares that no credentials are required, unless a parameter or a guard requires credentials.
    pub(crate) fn public(&mut self) {
        self.is_public = true;
    }

    /// Returns whether the document says how to authenticate.
    pub(crate) fn has_credentials(&self) -> bool {
        self.credentials.clone().requirements().is_some()
    }

    pub(crate) fn finish(mut self) -> (Operation, SharedComponents, Report) {
        self.finish_responses();
        match self.credentials.requirements() {
            Some(requirements) => self.operation.security.get_or_insert_default().extend(requirements),
            // A default of the document does not apply to a public operation.
            None if self.is_public => self.operation.security = Some(Vec::new()),
            None => {}
        }
        (self.operation, self.shared, self.report)
    }
}

/// Returns the names of the parameters in a path.
fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
