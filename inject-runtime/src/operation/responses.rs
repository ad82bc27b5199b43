//! Responses of an operation.

use std::mem;

use axum::http::StatusCode;
use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, Schema},
};

use super::{
    OperationDraft,
    draft::{DescribedHeader, Rejections},
    prose::Prose,
};
use crate::problem::{Problem, ProblemKind, ToProblem};

/// The responses with one status.
#[derive(Default)]
pub(super) struct Answer {
    descriptions: Vec<String>,
    response: Response,
}

impl OperationDraft {
    /// Adds a response. Without a description, it gets the reason phrase of its status.
    pub fn response(&mut self, status: StatusCode, response: Response) {
        if self.is_any_status {
            self.response_of_any_status(response);
        } else {
            self.add(status.as_str().to_owned(), response);
        }
    }

    /// Adds the response for all statuses that are not described otherwise.
    pub fn any_response(&mut self, response: Response) {
        self.add("default".to_owned(), response);
    }

    /// Adds a header to all responses but those of errors, or to all of them.
    pub fn response_header(&mut self, name: &str, description: &str, is_on_errors: bool) {
        let is_known = |header: &&mut DescribedHeader| header.name.eq_ignore_ascii_case(name);
        match self.headers.iter_mut().find(is_known) {
            Some(known) => known.is_on_errors |= is_on_errors,
            None => self.headers.push(DescribedHeader {
                name: name.to_owned(),
                description: description.to_owned(),
                is_on_errors,
            }),
        }
    }

    pub(super) fn add(&mut self, status: String, mut response: Response) {
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

    /// Adds a response whose body has this media type.
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

    /// Adds the response of an extractor that rejects with this status and a line of text.
    pub(super) fn rejection(&mut self, status: StatusCode) {
        if self.rejections == Rejections::Problems {
            self.problem(&ProblemKind::new(status));
        } else {
            let text = self.schema::<String>();
            self.response_of(status, "text/plain; charset=utf-8", Some(text));
        }
    }

    /// Adds the response for a problem. Its description is the first paragraph of the problem's
    /// description.
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

    /// Adds the responses for all problems that an `E` can be.
    pub fn problems_of<E: ToProblem>(&mut self) {
        for kind in E::kinds() {
            self.problem(&kind);
        }
    }

    /// Adds the responses that `T` declares with utoipa.
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

    /// Returns whether a response without an error status is described.
    pub(crate) fn has_success(&self) -> bool {
        let mut statuses = self.responses.keys().chain(self.operation.responses.responses.keys());
        !statuses.all(|status| is_error(status))
    }

    /// Adds the responses to the operation.
    pub(super) fn finish_responses(&mut self) {
        for (status, Answer { descriptions, mut response }) in mem::take(&mut self.responses) {
            response.description = match descriptions.as_slice() {
                [] => reason(&status).to_owned(),
                [only] => only.clone(),
                several => several.iter().map(|text| format!("- {text}")).collect::<Vec<_>>().join("\n"),
            };
            self.operation.responses.responses.entry(status).or_insert(RefOr::T(response));
        }
        for (status, response) in &mut self.operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            let is_error = is_error(status);
            for DescribedHeader { name, description, is_on_errors } in &self.headers {
                let is_known = response.headers.keys().any(|known| known.eq_ignore_ascii_case(name));
                if !is_known && (*is_on_errors || !is_error) {
                    let description = (!description.is_empty()).then_some(description);
                    let header = HeaderBuilder::new().description(description).build();
                    response.headers.insert(name.clone(), RefOr::T(header));
                }
            }
        }
    }
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

fn reason(status: &str) -> &'static str {
    if status == "2XX" {
        return "The request succeeded";
    }
    let status = StatusCode::from_bytes(status.as_bytes()).ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("The response")
}
