//! `#[cfg]` on fields and parameters.

use std::sync::Arc;

use wiring::{container, service};

/// A component without conditions.
#[service(crate = wiring)]
pub struct Clock;

/// A private component in a public one.
#[service(crate = wiring)]
struct Private;

/// A component with fields that are compiled in, and fields that are compiled out and whose types do not exist.
#[service(crate = wiring, scope = transient)]
pub struct Report<T: Send + 'static> {
    #[cfg(not(any()))]
    clock: Arc<Clock>,
    #[cfg(not(any()))]
    private: Private,
    #[cfg(any())]
    tracer: Tracer,
    #[cfg(any())]
    #[init(Tracer::new())]
    fallback: Tracer,
    #[cfg(not(any()))]
    inner: T,
    #[cfg(not(any()))]
    #[cfg(not(all()))]
    never: Arc<Never>,
}

/// A component with a conditional parameter.
pub struct Search {
    clock: Arc<Clock>,
}

#[service(crate = wiring, scope = transient)]
impl Search {
    /// Constructs it.
    #[inject]
    #[must_use]
    pub fn new(#[cfg(any())] tracer: Tracer, #[cfg(not(any()))] clock: Arc<Clock>) -> Self {
        Self { clock }
    }
}

/// The container.
#[container(crate = wiring)]
pub struct App {
    #[cfg(any())]
    tracer: Arc<Tracer>,
    #[cfg(not(any()))]
    clock: Arc<Clock>,
    #[cfg(any())]
    #[input]
    port: Port,
    search: Arc<Search>,
}

/// Whether the components are injected without the fields that are compiled out.
#[must_use]
pub fn same_clock(app: &App) -> bool {
    let report: Report<Search> = app.resolve();
    let Private = report.private;
    Arc::ptr_eq(&report.clock, &app.clock)
        && Arc::ptr_eq(&report.inner.clock, &app.clock)
        && Arc::ptr_eq(&app.search.clock, &app.clock)
}

#[cfg(test)]
mod tests {
    use super::{App, AppInputs, same_clock};

    #[tokio::test]
    async fn a_dependency_that_is_compiled_out_is_not_needed() {
        let app = App::builder(AppInputs {}).build().await.expect("nothing fails");
        assert!(same_clock(&app));
        let json = App::graph().to_json();
        assert!(json.contains(r#""start_order": ["clock", "search"]"#), "{json}");
    }
}
