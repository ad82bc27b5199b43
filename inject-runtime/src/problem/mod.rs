//! Error responses in the format `application/problem+json`, as RFC 9457 defines it.

mod absent;
mod conflict;
mod derive_support;
mod error_chain;
mod kind;

use std::{borrow::Cow, error::Error, fmt};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Map, Value};

use crate::{
    attempt,
    endpoint_label::{self, Fields},
};

#[cfg(feature = "security")]
pub(crate) use self::absent::DefaultRealm;
#[cfg(feature = "sqlx")]
pub(crate) use self::conflict::{is_conflict, is_conflict_code};
pub use self::{
    absent::CredentialsAbsent,
    derive_support::{
        ErrorListFallback, Failure, ListedErrors, ProblemVariant, ProblemVariants, all_kinds, named_status,
        numbered_status,
    },
    kind::{ProblemKind, ToProblem},
};
pub(crate) use self::{conflict::Conflict, error_chain::ErrorChain};

/// Members that RFC 9457 defines. `Problem` has a method for each of them.
const RESERVED: [&str; 5] = ["type", "title", "status", "detail", "instance"];

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Error response in the format `application/problem+json` (RFC 9457).
///
/// ```
/// use axum::http::{StatusCode, header};
/// use inject_runtime::Problem;
///
/// let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS)
///     .with_type_uri("https://example.org/problems/quota")
///     .with_detail("10 orders a minute, and this was the 11th")
///     .with_member("limit", 10)
///     .with_header(header::RETRY_AFTER, 60);
///
/// assert_eq!(
///     serde_json::to_value(&problem)?,
///     serde_json::json!({
///         "type": "https://example.org/problems/quota",
///         "title": "Too Many Requests",
///         "status": 429,
///         "detail": "10 orders a minute, and this was the 11th",
///         "limit": 10,
///     }),
/// );
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// A handler can return it directly or as the error of a `Result`. An error type declares its problem with
/// [`#[derive(Problem)]`](derive@crate::Problem) or [`ToProblem`].
///
/// # Invalid members and headers are left out
///
/// A failure to build an error response must not be a second error. A member or header that cannot be sent
/// is left out and logged at `WARN`; the rest is sent.
#[derive(Clone, Debug)]
// Boxed, so that a `Result<_, Problem>` is as small as its value.
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: StatusCode,
    type_uri: Option<Cow<'static, str>>,
    title: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    instance: Option<Cow<'static, str>>,
    members: Map<String, Value>,
    headers: HeaderMap,
    credentials_absent: bool,
    /// Whether the error is a conflict between transactions.
    is_conflict: bool,
    #[cfg(feature = "security")]
    default_realm: bool,
}

impl Problem {
    /// Creates a problem with this status.
    ///
    /// Its title is the reason phrase of the status, such as "Not Found". Its type is `about:blank`, which
    /// means that the status says everything; this default is not written to the body.
    ///
    /// A status below 400 or above 599 is not an error status, and a mistake in the program. It is logged
    /// and sent as a 500.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        let status = if is_error(status.as_u16()) {
            status
        } else {
            tracing::warn!(
                status = status.as_u16(),
                "the status of a problem must be from 400 to 599; 500 is sent"
            );
            StatusCode::INTERNAL_SERVER_ERROR
        };
        // Inserted before all other headers: later, the map may be full.
        Self(Box::new(Parts {
            status,
            type_uri: None,
            title: status.canonical_reason().map(Cow::Borrowed),
            detail: None,
            instance: None,
            members: Map::new(),
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, CONTENT_TYPE)]),
            credentials_absent: false,
            is_conflict: false,
            #[cfg(feature = "security")]
            default_realm: false,
        }))
    }

    /// Returns the response for `error`: logs the error, and converts its [problem](ToProblem::to_problem)
    /// to a response.
    ///
    /// An error with a status of 500 or above is logged at `ERROR`, an error with a lower status at
    /// `DEBUG`, each with the texts of all its [`source`](Error::source)s. None of these texts are in the
    /// response, which contains only the result of `to_problem`.
    ///
    /// `#[derive(Problem)]` generates this call. An implementation by hand looks like this:
    ///
    /// ```
    /// use axum::{http::StatusCode, response::{IntoResponse, Response}};
    /// use inject_runtime::{Problem, ToProblem};
    ///
    /// #[derive(Debug, thiserror::Error)]
    /// #[error("the catalog cannot be read")]
    /// struct CatalogError(#[from] std::io::Error);
    ///
    /// impl ToProblem for CatalogError {
    ///     fn to_problem(&self) -> Problem {
    ///         Problem::new(StatusCode::SERVICE_UNAVAILABLE).with_header("Retry-After", 30)
    ///     }
    /// }
    ///
    /// impl IntoResponse for CatalogError {
    ///     fn into_response(self) -> Response {
    ///         Problem::respond_to(&self)
    ///     }
    /// }
    /// # let error = CatalogError(std::io::Error::other("disk on fire"));
    /// # assert_eq!(error.into_response().headers()["retry-after"], "30");
    /// ```
    pub fn respond_to<E: ToProblem + Error + ?Sized>(error: &E) -> Response {
        #[cfg_attr(not(feature = "sqlx"), allow(unused_mut, reason = "there are no conflicts"))]
        let mut problem = error.to_problem();
        #[cfg(feature = "sqlx")]
        {
            problem.0.is_conflict |= error.source().is_some_and(is_conflict);
        }
        let status = problem.status();
        let causes = error.source().map(|first| tracing::field::display(ErrorChain(first)));
        let number = status.as_u16();
        let is_final = !(problem.is_conflict() && attempt::may_be_repeated());
        if status.is_server_error() && is_final {
            let held = held_connections(error);
            endpoint_label::log(|Fields { method, route, endpoint, provider }| {
                tracing::error!(status = number, %error, causes, method, route, endpoint, provider, held, "a request failed");
            });
        } else if tracing::enabled!(tracing::Level::DEBUG) {
            endpoint_label::log(|Fields { method, route, endpoint, provider }| {
                tracing::debug!(status = number, %error, causes, method, route, endpoint, provider, "a request was rejected");
            });
        }
        problem.into_response()
    }

    /// Sets the problem type, the member `type`: a machine-readable URI, which does not need to be
    /// resolvable.
    #[must_use]
    pub fn with_type_uri(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.type_uri = Some(uri.into());
        self
    }

    /// Sets the human-readable title of the problem type. It does not change from occurrence to occurrence.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// Sets the human-readable explanation of this occurrence. It should help the client to correct the
    /// problem.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Sets the identifier of this occurrence: a URI, which does not need to be resolvable.
    #[must_use]
    pub fn with_instance(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.instance = Some(uri.into());
        self
    }

    /// Adds an extension member, for programs. It replaces a member of the same name.
    ///
    /// A member that RFC 9457 defines cannot be set in this way, and a value that does not serialize cannot
    /// be sent: both are left out.
    ///
    /// ```
    /// use axum::http::StatusCode;
    /// use inject_runtime::Problem;
    ///
    /// let problem = Problem::new(StatusCode::CONFLICT).with_member("versions", [3, 4]).with_member("status", 200);
    /// assert_eq!(problem.member("versions"), Some(&serde_json::json!([3, 4])));
    /// assert_eq!(problem.status(), StatusCode::CONFLICT);
    /// ```
    #[must_use]
    pub fn with_member(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        let name = name.into();
        if RESERVED.contains(&name.as_str()) {
            tracing::warn!(name, "a member of a problem is left out: RFC 9457 reserves its name");
            return self;
        }
        match serde_json::to_value(value) {
            Ok(value) => {
                self.0.members.insert(name, value);
            }
            Err(error) => {
                tracing::warn!(name, %error, "a member of a problem is left out: it does not serialize");
            }
        }
        self
    }

    /// Adds a header to the response, beside headers of the same name: `Retry-After`, `WWW-Authenticate`.
    ///
    /// A header with an invalid name or value is left out. So are `Content-Type`, `Content-Length` and
    /// `Transfer-Encoding`, which follow from the body.
    #[must_use]
    pub fn with_header<N, V>(mut self, name: N, value: V) -> Self
    where
        HeaderName: TryFrom<N>,
        HeaderValue: TryFrom<V>,
    {
        let Ok(name) = HeaderName::try_from(name) else {
            tracing::warn!("a header of a problem is left out: its name is not valid");
            return self;
        };
        if [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(&name) {
            tracing::warn!(%name, "a header of a problem is left out: it follows from the body");
            return self;
        }
        let is_added =
            HeaderValue::try_from(value).is_ok_and(|value| self.0.headers.try_append(&name, value).is_ok());
        if !is_added {
            tracing::warn!(%name, "a header of a problem is left out: its value is not valid");
        }
        self
    }

    /// Marks the response as that to a request without any credentials, which is not an error where
    /// credentials are optional: see [`CredentialsAbsent`].
    #[must_use]
    pub fn with_credentials_absent(mut self) -> Self {
        self.0.credentials_absent = true;
        self
    }

    /// Marks the problem as that of a conflict between transactions.
    #[cfg(feature = "sqlx")]
    pub(crate) fn with_conflict(mut self) -> Self {
        self.0.is_conflict = true;
        self
    }

    /// Returns whether the error is a conflict between transactions.
    pub(crate) fn is_conflict(&self) -> bool {
        self.0.is_conflict
    }

    /// Marks the realm in the challenge as that of the library.
    #[cfg(feature = "security")]
    pub(crate) fn with_default_realm(mut self) -> Self {
        self.0.default_realm = true;
        self
    }

    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the member `type`; `None` stands for `about:blank`.
    #[must_use]
    pub fn type_uri(&self) -> Option<&str> {
        self.0.type_uri.as_deref()
    }

    /// Returns the member `title`. `None` if the status has no reason phrase and no title was set.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Returns the member `detail`.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Returns the member `instance`.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        self.0.instance.as_deref()
    }

    /// Returns an extension member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.0.members.get(name)
    }

    /// Returns the headers of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }
}

/// Serializes the body of the response.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Parts { status, type_uri, title, detail, instance, members, .. } = &*self.0;
        let mut map = serializer.serialize_map(None)?;
        let texts = [("type", type_uri), ("title", title), ("detail", detail), ("instance", instance)];
        for (name, text) in texts {
            if let Some(text) = text {
                map.serialize_entry(name, text)?;
            }
        }
        map.serialize_entry("status", &status.as_u16())?;
        for (name, value) in members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Texts, numbers and JSON values always serialize. If serialization fails nevertheless, the status
        // says enough.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let parts = *self.0;
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = parts.status;
        *response.headers_mut() = parts.headers;
        if parts.credentials_absent {
            response.extensions_mut().insert(CredentialsAbsent);
        }
        if parts.is_conflict {
            response.extensions_mut().insert(Conflict::default());
        }
        #[cfg(feature = "security")]
        if parts.default_realm {
            response.extensions_mut().insert(DefaultRealm);
        }
        response
    }
}

/// Problem that consists of its status alone, with a constant body: equal to the response of a [`Problem`].
pub(crate) struct StaticProblem {
    pub(crate) status: StatusCode,
    pub(crate) body: &'static str,
}

impl IntoResponse for StaticProblem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, CONTENT_TYPE);
        response
    }
}

/// Writes the status, the title, and the detail if there is one.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.status.as_str())?;
        for (separator, text) in [(" ", self.title()), (": ", self.detail())] {
            if let Some(text) = text {
                write!(f, "{separator}{text}")?;
            }
        }
        Ok(())
    }
}

impl Error for Problem {}

const fn is_error(status: u16) -> bool {
    matches!(status, 400..=599)
}

/// Words which connections the request itself holds, if the error is that a pool had none in time.
#[cfg(feature = "sqlx")]
fn held_connections<E: Error + ?Sized>(error: &E) -> Option<String> {
    // The error itself may be transparent, and may have any lifetime: it has no type to compare.
    let text = sqlx::Error::PoolTimedOut.to_string();
    let is_cause = |first| ErrorChain(first).to_string().contains(&text);
    (error.to_string().contains(&text) || error.source().is_some_and(is_cause))
        .then(endpoint_label::held_connections)?
}

#[cfg(not(feature = "sqlx"))]
fn held_connections<E: Error + ?Sized>(_: &E) -> Option<String> {
    None
}
