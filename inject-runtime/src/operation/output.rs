//! Descriptions of axum's responses, and of problems.

use std::borrow::Cow;

use axum::{
    Json,
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode},
    response::{AppendHeaders, ErrorResponse, Html, NoContent, Redirect, Response as AxumResponse, Sse},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{HeaderBuilder, ObjectBuilder, RefOr, Response, ResponseBuilder, Schema, Type},
};

use super::{OperationDraft, OperationOutput, input::binary};
use crate::problem::{Problem, ToProblem};

const TEXT: &str = "text/plain; charset=utf-8";

/// Describes the problems of an error type.
impl<E: ToProblem> OperationOutput for E {
    fn operation_output(operation: &mut OperationDraft) {
        operation.problems_of::<E>();
    }
}

impl<T: ToSchema> OperationOutput for Json<T> {
    fn operation_output(operation: &mut OperationDraft) {
        let schema = operation.schema::<T>();
        operation.response_of(StatusCode::OK, "application/json", Some(schema));
    }
}

impl<T> OperationOutput for Html<T> {
    fn operation_output(operation: &mut OperationDraft) {
        let schema = operation.schema::<String>();
        operation.response_of(StatusCode::OK, "text/html; charset=utf-8", Some(schema));
    }
}

impl<S> OperationOutput for Sse<S> {
    fn operation_output(operation: &mut OperationDraft) {
        let schema = operation.schema::<String>();
        operation.response_of(StatusCode::OK, "text/event-stream", Some(schema));
    }
}

impl OperationOutput for () {
    fn operation_output(operation: &mut OperationDraft) {
        operation.response(StatusCode::OK, Response::new(""));
    }
}

impl OperationOutput for NoContent {
    fn operation_output(operation: &mut OperationDraft) {
        operation.response(StatusCode::NO_CONTENT, Response::new(""));
    }
}

/// Describes the statuses of all constructors: `to`, `temporary` and `permanent`.
impl OperationOutput for Redirect {
    fn operation_output(operation: &mut OperationDraft) {
        for status in [StatusCode::SEE_OTHER, StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT]
        {
            let location = HeaderBuilder::new().schema(Some(String::schema())).build();
            operation.response(status, ResponseBuilder::new().header("Location", location).build());
        }
    }
}

macro_rules! bodies {
    ($($media_type:expr, $schema:expr => $($ty:ty)*;)*) => {$($(
        impl OperationOutput for $ty {
            fn operation_output(operation: &mut OperationDraft) {
                operation.response_of(StatusCode::OK, $media_type, Some($schema));
            }
        }
    )*)*};
}

bodies! {
    TEXT, String::schema() => String &'static str Box<str> Cow<'static, str>;
    "application/octet-stream", binary() => Bytes Vec<u8> &'static [u8] Cow<'static, [u8]>;
}

macro_rules! anything {
    ($($ty:ty)*) => {$(
        /// Describes an arbitrary response, and reports it.
        impl OperationOutput for $ty {
            fn operation_output(operation: &mut OperationDraft) {
                operation.unknown_output::<Self>();
            }
        }
    )*};
}

anything!(AxumResponse StatusCode ErrorResponse);

/// Describes a body without a media type.
impl OperationOutput for Body {
    fn operation_output(operation: &mut OperationDraft) {
        operation.response_of(StatusCode::OK, "*/*", Some(binary()));
    }
}

/// Describes a response whose status is known at run time only, and reports it.
impl<T: OperationOutput> OperationOutput for (StatusCode, T) {
    fn operation_output(operation: &mut OperationDraft) {
        operation.output_of_any_status::<T>();
        operation.unknown_status::<Self>();
    }
}

impl<H, T: OperationOutput> OperationOutput for (StatusCode, H, T) {
    fn operation_output(operation: &mut OperationDraft) {
        operation.output_of_any_status::<T>();
        operation.unknown_status::<Self>();
    }
}

macro_rules! with_headers {
    ($([$($generic:tt)*] $headers:ty,)*) => {$(
        /// Describes a response with headers whose names are not known.
        impl<T: OperationOutput, $($generic)*> OperationOutput for ($headers, T) {
            fn operation_output(operation: &mut OperationDraft) {
                operation.output::<T>();
            }
        }
    )*};
}

with_headers! {
    [] HeaderMap,
    [K, V, const N: usize] [(K, V); N],
    [I] AppendHeaders<I>,
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        let text =
            |description: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(description));
        ObjectBuilder::new()
            .description(Some("What went wrong (RFC 9457)."))
            .property(
                "type",
                text("What kind of problem it is: a URI. Where it is missing, there is no more to it than the status."),
            )
            .property("title", text("What kind of problem it is, for people."))
            .property(
                "status",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .minimum(Some(400))
                    .maximum(Some(599))
                    .description(Some("The status of the response.")),
            )
            .property("detail", text("What is wrong this time, for people."))
            .property("instance", text("Which occurrence this is: a URI."))
            .required("status")
            .into()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }
}
