//! The request scope in a module that shadows the names of the prelude and of the runtime.

use ::wiring::{
    Inject, Next, Routes, Teardown, around, container, delete, get, inject, post, require, require_role,
    routes, service, transaction,
};

/// Shadows `Result`.
pub struct Result;
/// Shadows `Option`.
pub struct Option;
/// Shadows `Some`.
pub struct Some;
/// Shadows `Ok`.
pub struct Ok;
/// Shadows `Err`.
pub struct Err;
/// Shadows `Response`.
pub struct Response;
/// Shadows `Arc`.
pub struct Arc;
/// Shadows `Send`.
pub trait Send {}
/// Shadows `Role`.
pub trait Role {}
/// Shadows `IntoResponse`.
pub trait IntoResponse {}
/// Shadows `Layered`.
pub trait Layered {}

/// Captures method calls: a method call on a value finds these.
pub trait Capture: Sized {
    /// Not `Parameter::extract`.
    fn extract(self) {}
    /// Not `IntoResponse::into_response`.
    fn into_response(self) {}
    /// Not `Injectable::inject`.
    fn inject(self) {}
    /// Not `Cached::resolve`.
    fn resolve(self) {}
    /// Not `Principal::has_role`.
    fn has_role(self) {}
}

impl<T> Capture for T {}

/// The principal.
#[derive(Clone, Copy, Debug)]
pub struct Caller;

impl ::wiring::Principal<Level> for Caller {
    fn has_role(&self, role: Level) -> bool {
        matches!(role, Level::High)
    }
}

/// The roles of the principal.
#[derive(::wiring::Role, Clone, Copy, Debug)]
#[role(principal = Caller, proofs = levels, crate = ::wiring)]
pub enum Level {
    /// Everything.
    #[role(implies(r#Low))]
    High,
    /// Little.
    Low,
}

/// Provides the principal.
#[inject(crate = ::wiring)]
pub fn caller() -> Caller {
    Caller
}

impl ::wiring::RequiresCredentials for Caller {}

/// A value with a const parameter.
#[derive(Clone, Copy, Debug)]
pub struct Sized64<const N: usize>;

/// A provider with a const parameter.
///
/// # Errors
///
/// Never.
#[inject(crate = ::wiring, uncached)]
pub async fn sized<const N: usize>(
    _caller: Caller,
) -> ::core::result::Result<Sized64<N>, ::std::string::String> {
    ::core::future::ready(()).await;
    ::core::result::Result::Ok(Sized64)
}

/// A resource.
#[derive(Clone, Copy, Debug)]
pub struct Lease;

impl Teardown for Lease {
    type Error = ::core::convert::Infallible;

    async fn teardown(self, _: ::wiring::Outcome) -> ::core::result::Result<(), Self::Error> {
        ::core::result::Result::Ok(())
    }
}

/// Provides the resource.
#[inject(crate = ::wiring, teardown, until = body)]
pub fn lease(_caller: Caller) -> Lease {
    Lease
}

/// A component of the container.
#[service(crate = ::wiring)]
#[derive(Debug, Clone, Copy)]
pub struct Clock;

/// A component of a request.
#[service(crate = ::wiring, scope = request)]
#[derive(Debug)]
pub struct Desk<T: ::core::marker::Send + ::core::marker::Sync + ::core::default::Default + 'static> {
    caller: Caller,
    clock: Inject<Clock>,
    #[cfg(any())]
    absent: Absent,
    #[external]
    method: ::axum::http::Method,
    #[init]
    rest: T,
}

impl<T: ::core::marker::Send + ::core::marker::Sync + ::core::default::Default + 'static> Desk<T> {
    /// The fields as text.
    pub fn show(&self) -> ::std::string::String {
        let Self { caller, clock, method, .. } = self;
        ::std::format!("{caller:?} {clock:?} {method}")
    }

    /// The field that is not injected.
    pub fn rest(&self) -> &T {
        &self.rest
    }
}

/// Around the desk.
///
/// # Errors
///
/// None.
#[around(crate = ::wiring)]
pub async fn seen(
    caller: ::std::option::Option<Caller>,
    next: Next,
) -> ::std::result::Result<::axum::response::Response, ::axum::http::StatusCode> {
    let _ = caller;
    ::std::result::Result::Ok(next.run().await)
}

/// An endpoint whose parameters have names that the expansion uses, too.
#[around(seen)]
#[get("/desk", authenticated = Caller, crate = ::wiring)]
pub async fn desk(
    principal: Caller,
    desk: Desk<u8>,
    body: Lease,
    parts: Sized64<7>,
) -> ::std::string::String {
    ::std::format!("{principal:?} {body:?} {parts:?} {}", desk.show())
}

/// An endpoint whose policy is a parameter, which has a name that the expansion uses, too.
#[get("/guarded", authenticated, crate = ::wiring)]
pub async fn guarded(guard_1: ::axum::http::Method, answer: Caller) -> ::std::string::String {
    ::std::format!("{guard_1} {answer:?}")
}

/// A state with a container.
#[derive(Clone, Debug, ::wiring::HasContainer)]
#[container(crate = ::wiring)]
pub struct State {
    /// Not the container.
    pub state: ::std::string::String,
    /// The container.
    #[container]
    pub app: ::std::sync::Arc<Application>,
}

/// A router of axum with an endpoint.
pub fn router(state: State) -> ::axum::Router {
    ::axum::Router::new().route("/guarded", ::axum::routing::get(guarded)).with_state(state)
}

/// Whether a status rolls back.
const fn is_undone(_: ::axum::http::StatusCode) -> ::core::primitive::bool {
    false
}

/// An endpoint with settings of its transaction, which has none.
#[transaction(writes, rollback_if = is_undone, retry = 3)]
#[post("/settings", public, crate = ::wiring)]
pub async fn settings(body: ::axum::body::Bytes) -> ::axum::body::Bytes {
    body
}

/// An endpoint with a raw name.
#[post("/type", crate = ::wiring)]
#[require_role(Level::Low)]
#[transaction(retry = 1)]
pub async fn r#type(container: Inject<Clock>, source: ::std::string::String) -> ::std::string::String {
    ::std::format!("{container:?} {source}")
}

/// An endpoint without parameters and result, with the guard above the method.
#[require_role(Level::High)]
#[delete("/nothing", crate = ::wiring)]
pub async fn nothing() {}

/// A plain handler of axum.
#[require_role(Level::High, crate = ::wiring)]
pub async fn plain(method: ::axum::http::Method) -> ::std::string::String {
    ::std::format!("{method}")
}

/// A feature of the desk that a level has, or has not.
#[derive(Clone, Copy, Debug)]
pub struct Feature(u8);

impl ::wiring::Requirement for Feature {
    type Principal = Caller;

    fn name(&self) -> ::std::borrow::Cow<'static, ::core::primitive::str> {
        ::std::format!("{}", self.0).into()
    }
}

impl ::wiring::Permits<Feature> for Caller {
    fn permits(&self, feature: &Feature) -> bool {
        feature.0 == 0
    }
}

/// An endpoint with requirements.
#[get("/feature", crate = ::wiring)]
#[require(any(Feature(1), all(Feature(2), Feature(3))))]
#[require_role(Level::Low)]
pub async fn feature(principal: Caller) -> ::std::string::String {
    ::std::format!("{principal:?}")
}

/// A plain handler of axum with a requirement.
#[require(Feature(1), crate = ::wiring)]
pub async fn plain_feature(method: ::axum::http::Method) -> ::std::string::String {
    ::std::format!("{method}")
}

/// The application.
#[container(crate = ::wiring)]
#[derive(Debug)]
pub struct Application {}

/// All routes.
#[must_use]
pub fn all() -> Routes<Application> {
    let plain = ::axum::Router::new()
        .route("/plain", ::axum::routing::get(plain))
        .route("/plain-feature", ::axum::routing::get(plain_feature));
    routes![crate = ::wiring; desk, r#type, feature, #[cfg(all())] nothing, #[cfg(any())] absent].merge(plain)
}

#[cfg(test)]
mod tests {
    use ::axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use ::tower::ServiceExt as _;

    #[tokio::test]
    async fn requests_are_answered() {
        let app = super::Application::builder().build().await.unwrap();
        let router = super::all().into_router(app);
        for (method, path, expected) in [
            ("GET", "/desk", "Caller Lease Sized64 Caller Inject(Clock) GET"),
            ("POST", "/type", "Inject(Clock) ink"),
            ("DELETE", "/nothing", ""),
            ("GET", "/plain", "GET"),
        ] {
            let request = Request::builder().method(method).uri(path).body(Body::from("ink")).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), expected);
        }
    }
}
