//! Properties of types, determined at compile time.
//!
//! The mechanism is specialization by inherent constants, as in autoref specialization: an inherent
//! associated constant of `Probe<T>`, which exists only where `T` meets a bound, has priority over the
//! constant of the trait [`Fallback`], which exists for all types.

use std::marker::PhantomData;

use axum::extract::{
    ConnectInfo, Extension, Form, Json, Path, Query, RawForm, RawPathParams, RawQuery, Request, State,
};
use serde::de::DeserializeOwned;

use super::{
    describe::TypeDescription,
    lifetime::{EndsWithHead, first_ending},
    parameter::{ParameterKind, Wrapper},
    path::PathReader,
    path_arity::PathArity,
};
#[cfg(feature = "openapi")]
use crate::operation::{OperationDraft, OperationInput, OperationOutput};
use crate::{layer::Layered, policy::RequiresCredentials};

/// Type whose kind as an extractor is known.
#[diagnostic::on_unimplemented(
    message = "nothing is known of the extractor `{Self}`",
    label = "depends on a type parameter, and is none of the types that a request provides",
    note = "[inject/extractor] a field of a generic component is the output of a provider, a request-scoped component, or an extractor of axum or of this crate; an extractor by hand is `#[external]`"
)]
pub trait Describable {
    /// Kind of the extractor.
    const KIND: ParameterKind;

    /// Origin of the extractor.
    const ORIGIN: Origin = Origin::Elsewhere;

    /// Resource that the value is or holds, and that ends before the head of the response.
    const ENDS_WITH_HEAD: Option<EndsWithHead> = None;

    /// Whether the extractor rejects every request without credentials.
    const DEMANDS_CREDENTIALS: bool = false;

    /// Whether the extractor finds the credentials in the body of the request, and so is the last to run.
    const READS_BODY: bool = false;
}

/// Origin of an extractor: it decides how the value is extracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// axum, or another crate: it receives the parts of the request.
    Elsewhere,
    /// A provider, or a request-scoped component. It is synchronous if neither it nor anything that it depends on has
    /// something to wait for.
    FromProvider {
        /// Whether it is synchronous.
        is_sync: bool,
    },
    /// A provider whose credentials may be absent: `Option<T>`.
    FromOptionalProvider,
    /// This crate.
    Runtime {
        /// Whether it is synchronous.
        is_sync: bool,
    },
}

/// Origin of a component, for a parameter of which nothing else is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentOrigin {
    /// It is not a component.
    None,
    /// The container.
    Container,
    /// The request: a provider or a request-scoped component, which is generic if nothing else is known of it.
    Request,
    /// This crate: an extractor whose arguments do not meet its bounds if nothing else is known of it.
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code, reason = "handles on the unit of work have it"))]
    Runtime,
}

/// Extractor that can guard routes, because it is known what it requires.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known as a guard",
    label = "expected the output of a provider, credentials, or `Authorized<P>`",
    note = "[inject/extractor] documents and graphs show what a guard requires: make `{Self}` a parameter of a provider, `#[inject] async fn checked(_: {Self}) -> Checked`, and guard with its output"
)]
pub trait GuardExtractor: Describable {
    /// Description of the extractor. A provider is described by its kind.
    const INPUT: TypeDescription = TypeDescription::NOTHING;
}

/// Probe for the properties of the type `T`.
///
/// For a type that is `Describable`, `Probe::<T>::KIND` is the inherent constant below. For any other
/// type, it is the constant of [`Fallback`], which must be in scope.
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: Describable> Probe<T> {
    /// Kind of the extractor.
    pub const KIND: ParameterKind = T::KIND;

    /// Origin of the extractor.
    pub const ORIGIN: Origin = T::ORIGIN;

    /// Resource that the value is or holds, and that ends before the head of the response.
    pub const ENDS_WITH_HEAD: Option<EndsWithHead> = T::ENDS_WITH_HEAD;

    /// Whether the extractor rejects every request without credentials.
    pub const DEMANDS: bool = T::DEMANDS_CREDENTIALS;

    /// Whether the extractor finds the credentials in the body of the request.
    pub const READS_BODY: bool = T::READS_BODY;
}

impl<T: RequiresCredentials> Probe<T> {
    /// Whether the extractor promises to reject every request without credentials.
    pub const PROMISES: bool = true;
}

/// Properties of a type without a more specific [`Probe`].
pub trait Fallback {
    /// Kind of the extractor.
    const KIND: ParameterKind = ParameterKind::Opaque;
    /// Origin of a component, or of the output of a provider.
    const COMPONENT: ComponentOrigin = ComponentOrigin::None;
    /// Origin of the extractor.
    const ORIGIN: Origin = Origin::Elsewhere;
    /// Resource that the value is or holds, and that ends before the head of the response.
    const ENDS_WITH_HEAD: Option<EndsWithHead> = None;
    /// Whether the extractor rejects every request without credentials.
    const DEMANDS: bool = false;
    /// Whether the extractor promises to reject every request without credentials.
    const PROMISES: bool = false;
    /// Whether the extractor finds the credentials in the body of the request.
    const READS_BODY: bool = false;
    /// Whether the extractor can read the body again.
    const IS_REPEATABLE: bool = false;
    /// Whether the extractor takes what there is one of.
    const IS_TAKEN_ONCE: bool = false;
    /// Number of path parameters that a `Path<T>` takes, if its type shows that.
    const PATH_ARITY: Option<usize> = None;
    /// Description of the type as a parameter.
    const INPUT: TypeDescription = TypeDescription::unknown_input::<Self>();
    /// Description of the type of all parameters in a path.
    const PATH: TypeDescription = TypeDescription::NOTHING;
    /// Description of the type of one parameter in a path.
    const SEGMENT: TypeDescription = TypeDescription::unknown_path_parameter::<Self>();
    /// Description of a type argument.
    const SCHEMA: TypeDescription = TypeDescription::NOTHING;
    /// Description of the error of a returned `Result`.
    const FAILURE: TypeDescription = TypeDescription::unknown_failure::<Self>();
    /// Whether the type has a layer.
    const IS_LAYERED: bool = false;
}

impl<T: ?Sized> Fallback for Probe<T> {}

impl<T: PathArity> Probe<Path<T>> {
    /// Number of path parameters that it takes.
    pub const PATH_ARITY: Option<usize> = Some(T::ARITY);
}

impl<T: PathArity> Probe<Option<Path<T>>> {
    /// Number of path parameters that it takes.
    pub const PATH_ARITY: Option<usize> = Some(T::ARITY);
}

impl<T: Layered> Probe<T> {
    /// Whether the type has a layer.
    pub const IS_LAYERED: bool = true;
}

impl<T: Describable> Describable for Option<T> {
    const KIND: ParameterKind = T::KIND.wrapped(Wrapper::Option);
    const ORIGIN: Origin = match T::ORIGIN {
        Origin::FromProvider { .. } => Origin::FromOptionalProvider,
        _ => Origin::Elsewhere,
    };
    const ENDS_WITH_HEAD: Option<EndsWithHead> = T::ENDS_WITH_HEAD;
}

impl<T: GuardExtractor> GuardExtractor for Option<T> {
    #[cfg(feature = "openapi")]
    const INPUT: TypeDescription =
        TypeDescription::with(|draft| draft.optional(|draft| T::INPUT.describe(draft)));
}

macro_rules! tuples {
    ($($($part:ident)*;)*) => {$(
        /// What axum extracts one after the other may be anything, and requires what one of its parts requires.
        impl<$($part: Describable),*> Describable for ($($part,)*) {
            const KIND: ParameterKind = ParameterKind::Opaque;
            const ENDS_WITH_HEAD: Option<EndsWithHead> = first_ending(&[$($part::ENDS_WITH_HEAD),*]);
            const DEMANDS_CREDENTIALS: bool = $($part::DEMANDS_CREDENTIALS)||*;
        }
    )*};
}

tuples! {
    A;
    A B;
    A B D;
    A B D E;
}

impl<T: Describable, E> Describable for Result<T, E> {
    const KIND: ParameterKind = T::KIND.wrapped(Wrapper::Result);
    const ENDS_WITH_HEAD: Option<EndsWithHead> = T::ENDS_WITH_HEAD;
}

impl<T: GuardExtractor, E> GuardExtractor for Result<T, E> {
    #[cfg(feature = "openapi")]
    const INPUT: TypeDescription =
        TypeDescription::with(|draft| draft.handled(|draft| T::INPUT.describe(draft)));
}

impl<T: DeserializeOwned> Describable for Path<T> {
    const KIND: ParameterKind = ParameterKind::Path(PathReader::of::<T>());
}

impl<T: DeserializeOwned> GuardExtractor for Path<T> {
    const INPUT: TypeDescription = TypeDescription::unknown_input::<Self>();
}

macro_rules! plain {
    ($([$($parameter:ident)?] $ty:ty,)*) => {$(
        impl $(<$parameter>)? Describable for $ty {
            const KIND: ParameterKind = ParameterKind::Plain;
        }

        impl $(<$parameter>)? GuardExtractor for $ty {
            const INPUT: TypeDescription = TypeDescription::unknown_input::<Self>();
        }
    )*};
}

plain! {
    [T] ConnectInfo<T>,
    [T] Extension<T>,
    [T] Form<T>,
    [T] Json<T>,
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

#[cfg(feature = "openapi")]
impl<T: OperationInput> Probe<T> {
    /// Description of the type as a parameter.
    pub const INPUT: TypeDescription = TypeDescription::with(T::operation_input);
}

#[cfg(feature = "openapi")]
impl<T: utoipa::IntoParams> Probe<T> {
    /// Description of the type of all parameters in a path.
    pub const PATH: TypeDescription = TypeDescription::with(OperationDraft::path_parameters_of::<T>);
}

#[cfg(feature = "openapi")]
impl<T: utoipa::ToSchema> Probe<T> {
    /// Description of the type of one parameter in a path.
    pub const SEGMENT: TypeDescription = TypeDescription::with(OperationDraft::path_parameter_of::<T>);

    /// Description of a type argument.
    pub const SCHEMA: TypeDescription = TypeDescription::with(OperationDraft::register_schema::<T>);
}

#[cfg(feature = "openapi")]
impl<T, E: OperationOutput> Probe<Result<T, E>> {
    /// Description of the error of a returned `Result`.
    pub const FAILURE: TypeDescription = TypeDescription::with(|draft| draft.failure(E::operation_output));
}
