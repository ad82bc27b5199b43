//! Ports of requests, and generic components.

use wiring::{PerRequest, Port, Routes, container, get, repository, routes, service};

/// Shadows `Box`.
#[derive(Debug)]
pub struct Box;
/// Shadows `Future`.
#[derive(Debug)]
pub struct Future;
/// Shadows `Send`.
pub trait Send {}

/// A port with a parameter.
#[service(crate = ::wiring, scope = request)]
pub trait Store<T>: ::core::marker::Send {
    /// The items, with a name that the runtime uses.
    fn port(&self) -> ::std::vec::Vec<T>;
}

/// A component of a request.
#[repository(crate = ::wiring, scope = request)]
#[derive(Debug)]
pub struct Memory {}

impl Store<u8> for Memory {
    fn port(&self) -> ::std::vec::Vec<u8> {
        ::std::vec![1]
    }
}

/// A generic component.
#[service(crate = ::wiring, scope = request)]
#[derive(Debug)]
pub struct Shelf<S: Store<u8>> {
    store: S,
    r#dyn: Port<dyn Store<u8>>,
}

/// An endpoint.
#[get("/shelf", public, crate = ::wiring)]
pub async fn shelf(shelf: Shelf<Memory>, direct: Port<dyn Store<u8>>) -> ::std::string::String {
    let Shelf { store, r#dyn } = shelf;
    ::std::format!("{:?} {:?} {:?}", store.port(), r#dyn.port(), direct.port())
}

/// The container.
#[container(crate = ::wiring)]
#[derive(Debug)]
pub struct Application {
    /// What is behind the port.
    #[bind(Memory)]
    pub store: PerRequest<dyn Store<u8>>,
    /// Compiled out.
    #[cfg(any())]
    #[bind(Absent)]
    pub absent: PerRequest<dyn Absent>,
}

/// The endpoints.
#[must_use]
pub fn all() -> Routes<Application> {
    routes![crate = ::wiring; shelf]
}

#[cfg(test)]
mod tests {
    use ::tower::ServiceExt as _;

    #[::tokio::test]
    async fn a_port_is_extracted() {
        let app = super::Application::builder().build().await.unwrap();
        let request = ::axum::http::Request::new(::axum::body::Body::empty());
        let (mut parts, body) = request.into_parts();
        parts.uri = "/shelf".parse().unwrap();
        let request = ::axum::http::Request::from_parts(parts, body);
        let response = super::all().into_router(app).oneshot(request).await.unwrap();
        let body = ::axum::body::to_bytes(response.into_body(), 1 << 10).await.unwrap();
        ::std::assert_eq!(body, "[1] [1] [1]");
    }
}
