//! A public container binds a private component to a public port, under `#[cfg]` or not, for providers as well.

#![deny(warnings)]

pub mod app {
    use inject_runtime::{PerRequest, Port, Routes, container, get, inject, routes, service};

    /// A port.
    #[service(scope = request)]
    pub trait Greeting: Send {
        /// The text.
        fn text(&self) -> String;
    }

    #[service(scope = request)]
    struct English {}

    impl Greeting for English {
        fn text(&self) -> String {
            "hello".to_owned()
        }
    }

    /// A value of the request.
    #[derive(Clone)]
    pub struct Title(String);

    #[inject]
    fn title(greeting: Port<dyn Greeting>) -> Title {
        Title(greeting.text())
    }

    #[get("/", public)]
    async fn show(title: Title, greeting: Result<Port<dyn Greeting>, axum::response::Response>) -> String {
        title.0 + &greeting.map(|greeting| greeting.text()).unwrap_or_default()
    }

    /// A container.
    #[container]
    #[derive(Debug)]
    pub struct App {
        #[bind(English)]
        greeting: PerRequest<dyn Greeting>,
        #[cfg(any())]
        #[bind(German)]
        absent: PerRequest<dyn Absent>,
    }

    /// The routes.
    pub fn all() -> Routes<App> {
        routes![show]
    }
}

fn main() {
    let _ = (app::all, app::App::builder);
}
