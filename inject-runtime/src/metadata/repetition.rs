//! Parameters that can be extracted several times, for endpoints under `#[transaction(retry = ..)]`.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Form, FromRequestParts, Json, RawForm, Request},
};

use super::{ComponentOrigin, ParameterKind, Probe};

/// Extractor that reads the body of a request into memory, and can read it again.
///
/// An endpoint under [`#[transaction(retry = 3)]`](macro@crate::transaction) may extract its parameters several times. The body that
/// each attempt receives is the same: what an earlier attempt has read is kept. So a parameter that reads the body must
/// read it when it is extracted, and not later. `Json`, `Form`, `Bytes`, `String` and `RawForm` do. An extractor by hand
/// says so by this trait:
///
/// ```
/// use axum::{body::Bytes, extract::{FromRequest, Request, rejection::BytesRejection}};
/// use inject_runtime::RepeatableBody;
///
/// /// Body in the format of a partner.
/// struct Order(Bytes);
///
/// impl<S: Send + Sync> FromRequest<S> for Order {
///     type Rejection = BytesRejection;
///
///     async fn from_request(request: Request, state: &S) -> Result<Self, BytesRejection> {
///         Bytes::from_request(request, state).await.map(Self)
///     }
/// }
///
/// impl RepeatableBody for Order {}
/// # let _ = |order: Order| order.0;
/// ```
///
/// An extractor of the parts of a request needs no implementation.
pub trait RepeatableBody {}

impl<T> RepeatableBody for Json<T> {}
impl<T> RepeatableBody for Form<T> {}
impl RepeatableBody for RawForm {}
impl RepeatableBody for Bytes {}
impl RepeatableBody for String {}
impl<T: RepeatableBody> RepeatableBody for Option<T> {}
impl<T: RepeatableBody, E> RepeatableBody for Result<T, E> {}

impl<T: RepeatableBody> Probe<T> {
    /// Whether the extractor can read the body again.
    pub const IS_REPEATABLE: bool = true;
}

/// Extractor that takes the request, its body or its connection, of which there is one.
pub trait TakenOnce {}

impl TakenOnce for Request {}
impl TakenOnce for Body {}
#[cfg(feature = "multipart")]
impl TakenOnce for axum::extract::Multipart {}
#[cfg(feature = "ws")]
impl TakenOnce for axum::extract::WebSocketUpgrade {}
impl<T: TakenOnce> TakenOnce for Option<T> {}
impl<T: TakenOnce, E> TakenOnce for Result<T, E> {}

impl<T: TakenOnce> Probe<T> {
    /// Whether the extractor takes what there is one of.
    pub const IS_TAKEN_ONCE: bool = true;
}

/// Whether a parameter can be extracted several times, as a number that a constant of an expansion computes.
pub struct Repetition<const NUMBER: u8>;

const REFUSED: u8 = 0;
const ALLOWED: u8 = 1;
const OF_PARTS: u8 = 2;

/// Returns the number of a [`Repetition`]. Of an extractor of which nothing is known, it depends on whether it needs the parts
/// of the request alone. A component is none, which is reported where it is extracted.
#[must_use]
pub const fn repetition(
    kind: ParameterKind,
    component: ComponentOrigin,
    is_taken_once: bool,
    is_repeatable: bool,
) -> u8 {
    match (kind, component) {
        _ if is_taken_once => REFUSED,
        (ParameterKind::Opaque, ComponentOrigin::None) if !is_repeatable => OF_PARTS,
        _ => ALLOWED,
    }
}

/// Parameter that can be extracted several times. Its message is for types that are known.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be extracted again for another attempt",
    label = "takes what the request has once: its body as a stream, or its connection",
    note = "[inject/transaction] with `#[transaction(retry = ..)]`, take a body that is read into memory: `Json<T>`, `Form<T>`, `Bytes`, `String`; or leave `retry` out"
)]
pub trait Repeated<R> {
    /// Proof, for expansions.
    const PROVEN: () = ();
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Repeated<Repetition<ALLOWED>> for T {}
#[diagnostic::do_not_recommend]
impl<T: ?Sized> Repeated<Repetition<OF_PARTS>> for T {}

/// Last parameter that can be extracted several times in an application with container `C`. Its message is for types of which
/// nothing is known.
#[diagnostic::on_unimplemented(
    message = "nothing says that `{Self}` can be extracted again for another attempt",
    label = "an endpoint with `#[transaction(retry = ..)]` takes `{Self}`",
    note = "[inject/transaction] if it reads the body into memory, say so: `impl inject_runtime::RepeatableBody for {Self} {{}}`; otherwise leave `retry` out",
    note = "if it does not read the body, it is the output of a provider, or implements `axum::extract::FromRequestParts`"
)]
pub trait RepeatedIn<C, R> {}

#[diagnostic::do_not_recommend]
impl<C, T: ?Sized> RepeatedIn<C, Repetition<REFUSED>> for T {}
#[diagnostic::do_not_recommend]
impl<C, T: ?Sized> RepeatedIn<C, Repetition<ALLOWED>> for T {}
#[diagnostic::do_not_recommend]
impl<C, T: FromRequestParts<Arc<C>>> RepeatedIn<C, Repetition<OF_PARTS>> for T {}
