//! A public container may hold private types, which cannot be replaced outside their module.

#![deny(warnings)]

pub mod app {
    use std::sync::Arc;

    use inject_runtime::{container, service};

    struct Settings;

    #[service]
    struct Clock {
        #[external]
        _settings: Arc<Settings>,
    }

    #[container]
    pub struct App {
        #[input]
        settings: Arc<Settings>,
        clock: Arc<Clock>,
    }

    pub async fn start() -> Arc<App> {
        let settings = Arc::new(Settings);
        let app = App::builder(AppInputs { settings }).build().await.expect("nothing can fail");
        assert!(Arc::ptr_eq(&app.settings, &app.clock._settings));
        app
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    app::start().await;
}
