//! Response of the request, as a parameter.

use std::{fmt, marker::PhantomData, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};

#[cfg(feature = "openapi")]
use crate::operation::{OperationDraft, OperationInput};
use crate::{
    extract::{NativeNow, extract_native},
    frame::{HeadSent, HeaderChange, Provision, Reach, RequestContext, ResponseChanges, outside_of_scope},
    layer::{Common, Layered},
    metadata::{Describable, Origin, ParameterKind},
};

/// Extractor that changes the response of the request: its headers, its cookies and its status.
///
/// It is a parameter of endpoints, providers, request-scoped components and [`#[around]`](macro@crate::around) functions. All of
/// them change the same response. A [resource](crate::Teardown) keeps the handle for its teardown.
///
/// ```
/// use axum::http::{HeaderName, HeaderValue};
/// use inject_runtime::{HeadSent, ResponseParts, Routes, container, get, inject, routes};
///
/// /// Proof that the client has requests left.
/// #[derive(Clone)]
/// pub struct WithinLimit;
///
/// #[inject]
/// pub fn count_request(response: ResponseParts) -> Result<WithinLimit, HeadSent> {
///     // Also if a later provider rejects the request.
///     response.on_rejection().insert_header(HeaderName::from_static("ratelimit-remaining"), 41)?;
///     Ok(WithinLimit)
/// }
///
/// #[get("/books", public)]
/// pub async fn books(_: WithinLimit, response: ResponseParts) -> Result<&'static str, HeadSent> {
///     response.append_cookie(HeaderValue::from_static("seen=books; Path=/"))?;
///     Ok("Emma")
/// }
///
/// # #[container]
/// # pub struct App {}
/// # fn all() -> Routes<App> {
/// #     routes![books]
/// # }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use axum::{body::Body, http::Request};
/// # use tower::ServiceExt as _;
/// # let router = all().into_router(App::builder().build().await?);
/// let response = router.oneshot(Request::get("/books").body(Body::empty())?).await?;
/// assert_eq!(response.headers()["ratelimit-remaining"], "41");
/// assert_eq!(response.headers()["set-cookie"], "seen=books; Path=/");
/// # Ok(())
/// # }
/// ```
///
/// # To which responses
///
/// The changes are made when the teardowns have run and the head of the response is sent, in the order of the calls.
///
/// * Headers and cookies are added to every response of the endpoint, that of an error included, and to the response of an
///   `#[around]` function. [`on_rejection`](Self::on_rejection) and [`always`](Self::always) return handles that reach
///   further.
/// * The status replaces that of the endpoint's response if that is below 400. An error keeps its status: a provider cannot
///   make a success of it. The [outcome](crate::Outcome) of the request follows from the status; what a teardown sets comes
///   too late for that.
///
/// After the head has been sent, a change is an error. The teardown of a resource with `until = body` runs after it.
#[derive(Clone)]
pub struct ResponseParts {
    changes: Arc<ResponseChanges>,
    reach: Reach,
}

impl ResponseParts {
    fn new(changes: Arc<ResponseChanges>) -> Self {
        Self { changes, reach: Reach::Answers }
    }

    /// Creates a handle without a request, for unit tests: [`headers`](Self::headers) and [`status`](Self::status) return
    /// what was set.
    ///
    /// ```
    /// use axum::http::{StatusCode, header};
    /// use inject_runtime::{HeadSent, ResponseParts};
    ///
    /// fn accept(response: &ResponseParts) -> Result<(), HeadSent> {
    ///     response.set_status(StatusCode::ACCEPTED)?;
    ///     response.insert_header(header::RETRY_AFTER, 5)
    /// }
    ///
    /// let response = ResponseParts::detached();
    /// accept(&response)?;
    /// assert_eq!(response.status(), Some(StatusCode::ACCEPTED));
    /// assert_eq!(response.headers()["retry-after"], "5");
    /// # Ok::<_, HeadSent>(())
    /// ```
    #[must_use]
    pub fn detached() -> Self {
        Self::new(Arc::default())
    }

    /// Returns a handle whose headers and cookies also reach the response of a rejection, and the response that replaces
    /// that of the endpoint if a teardown fails. A status does not reach them.
    #[must_use]
    pub fn on_rejection(&self) -> Self {
        Self { reach: Reach::Rejections, ..self.clone() }
    }

    /// Returns a handle whose headers and cookies reach every response: also that of a rejection, of a failed teardown, and
    /// of a panic. A status does not reach them.
    #[must_use]
    pub fn always(&self) -> Self {
        Self { reach: Reach::Panics, ..self.clone() }
    }

    /// Sets a header, in place of headers of the same name.
    ///
    /// # Errors
    ///
    /// If the head of the response has been sent.
    pub fn insert_header(&self, name: HeaderName, value: impl Into<HeaderValue>) -> Result<(), HeadSent> {
        self.add(name, value.into(), false)
    }

    /// Adds a header, beside headers of the same name.
    ///
    /// # Errors
    ///
    /// If the head of the response has been sent.
    pub fn append_header(&self, name: HeaderName, value: impl Into<HeaderValue>) -> Result<(), HeadSent> {
        self.add(name, value.into(), true)
    }

    /// Adds a cookie: a `Set-Cookie` header with this value, such as that of a `Cookie` of the crate `cookie`.
    ///
    /// # Errors
    ///
    /// If the head of the response has been sent.
    pub fn append_cookie(&self, cookie: HeaderValue) -> Result<(), HeadSent> {
        self.append_header(header::SET_COOKIE, cookie)
    }

    /// Sets the status of the endpoint's response, unless that is an error. The last call counts.
    ///
    /// # Errors
    ///
    /// If the head of the response has been sent.
    pub fn set_status(&self, status: StatusCode) -> Result<(), HeadSent> {
        self.changes.set_status(status)
    }

    /// Returns the status that was set.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.changes.status()
    }

    /// Returns the headers that were set and added.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        self.changes.headers()
    }

    fn add(&self, name: HeaderName, value: HeaderValue, is_appended: bool) -> Result<(), HeadSent> {
        self.changes.add(HeaderChange { name, value, is_appended, reach: self.reach })
    }
}

impl fmt::Debug for ResponseParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseParts").finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for ResponseParts {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Ok(extract_native(parts, &Arc::new(()))?)
    }
}

impl<C> NativeNow<C> for ResponseParts {
    fn extract_now(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        context.frame.response().map(Self::new).ok_or_else(outside_of_scope::<Self>)
    }
}

impl Describable for ResponseParts {
    const KIND: ParameterKind = ParameterKind::Scoped;
    const ORIGIN: Origin = Origin::Runtime { is_sync: true };
}

impl Layered for ResponseParts {
    type Layer = Common;
}

/// Header of a response, as a type: see [`ResponseHeader`].
pub trait HeaderField: Into<HeaderValue> + 'static {
    /// Name, in lower case.
    const NAME: &'static str;

    /// Description, for the OpenAPI document.
    const DESCRIPTION: &'static str = "";

    /// Whether the header is also added to the response of a rejection, as with [`ResponseParts::on_rejection`].
    ///
    /// The document describes it for all responses then, and otherwise for those below 400: it does not tell the errors of an
    /// endpoint from rejections.
    const ON_REJECTION: bool = false;
}

/// Extractor that sets one header of the response. The OpenAPI document describes the header.
///
/// ```
/// use axum::http::HeaderValue;
/// use inject_runtime::{HeadSent, HeaderField, ResponseHeader, Routes, container, get, inject, routes};
///
/// pub struct RateLimitRemaining(pub u32);
///
/// impl HeaderField for RateLimitRemaining {
///     const NAME: &'static str = "ratelimit-remaining";
///     const DESCRIPTION: &'static str = "Requests that are left in this minute.";
///     const ON_REJECTION: bool = true;
/// }
///
/// impl From<RateLimitRemaining> for HeaderValue {
///     fn from(RateLimitRemaining(number): RateLimitRemaining) -> Self {
///         number.into()
///     }
/// }
///
/// #[derive(Clone)]
/// pub struct WithinLimit;
///
/// #[inject]
/// pub fn count_request(remaining: ResponseHeader<RateLimitRemaining>) -> Result<WithinLimit, HeadSent> {
///     remaining.set(RateLimitRemaining(41))?;
///     Ok(WithinLimit)
/// }
///
/// #[get("/books", public)]
/// pub async fn books(_: WithinLimit) -> &'static str {
///     "Emma"
/// }
///
/// # #[container]
/// # pub struct App {}
/// # fn all() -> Routes<App> {
/// #     routes![books]
/// # }
/// # #[cfg(feature = "openapi")] {
/// let document = serde_json::to_value(&all().openapi())?;
/// let header = &document["paths"]["/books"]["get"]["responses"]["200"]["headers"]["ratelimit-remaining"];
/// assert_eq!(header["description"], "Requests that are left in this minute.");
/// # }
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// The name is checked at compile time:
///
/// ```compile_fail,E0080
/// # use axum::http::HeaderValue;
/// # use inject_runtime::{HeaderField, ResponseHeader, ResponseParts};
/// pub struct Remaining(pub u32);
///
/// impl HeaderField for Remaining {
///     const NAME: &'static str = "requests remaining";
/// }
/// # impl From<Remaining> for HeaderValue {
/// #     fn from(Remaining(number): Remaining) -> Self {
/// #         number.into()
/// #     }
/// # }
///
/// let header = ResponseHeader::<Remaining>::of(&ResponseParts::detached());
/// # let _ = header.set(Remaining(1));
/// ```
pub struct ResponseHeader<H> {
    response: ResponseParts,
    of: PhantomData<fn(H)>,
}

impl<H: HeaderField> ResponseHeader<H> {
    /// Creates a handle on a header of a response: in unit tests, of one without a request.
    #[must_use]
    pub fn of(response: &ResponseParts) -> Self {
        let response = if H::ON_REJECTION { response.on_rejection() } else { response.clone() };
        Self { response, of: PhantomData }
    }

    /// Sets the header, in place of one with the same name.
    ///
    /// # Errors
    ///
    /// If the head of the response has been sent.
    pub fn set(&self, header: H) -> Result<(), HeadSent> {
        self.response.insert_header(const { HeaderName::from_static(H::NAME) }, header)
    }
}

impl<H> Clone for ResponseHeader<H> {
    fn clone(&self) -> Self {
        Self { response: self.response.clone(), of: PhantomData }
    }
}

impl<H: HeaderField> fmt::Debug for ResponseHeader<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHeader").field("name", &H::NAME).finish_non_exhaustive()
    }
}

impl<S: Sync, H: HeaderField> FromRequestParts<S> for ResponseHeader<H> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        Ok(extract_native(parts, &Arc::new(()))?)
    }
}

impl<C, H: HeaderField> NativeNow<C> for ResponseHeader<H> {
    fn extract_now(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        ResponseParts::extract_now(context).map(|response| Self::of(&response))
    }
}

impl<H> Describable for ResponseHeader<H> {
    const KIND: ParameterKind = ParameterKind::Scoped;
    const ORIGIN: Origin = Origin::Runtime { is_sync: true };
}

impl<H> Layered for ResponseHeader<H> {
    type Layer = Common;
}

#[cfg(feature = "openapi")]
impl<H: HeaderField> OperationInput for ResponseHeader<H> {
    fn operation_input(operation: &mut OperationDraft) {
        operation.response_header(H::NAME, H::DESCRIPTION, H::ON_REJECTION);
    }
}
