//! A generated item has the visibility of the item that it is generated for.

use std::sync::Arc;

mod app {
    use std::sync::Arc;

    use inject_runtime::{container, in_layer, layer::Common, service};

    #[in_layer(Common)]
    pub(super) struct Settings(pub(super) u8);

    #[service]
    pub(crate) struct Clock {
        settings: Arc<Settings>,
    }

    #[service]
    struct Hidden {
        clock: Clock,
    }

    #[container]
    pub(super) struct App {
        #[input]
        settings: Arc<Settings>,
    }

    pub(super) fn hidden(app: &App) -> u8 {
        let hidden: Hidden = app.resolve();
        hidden.clock.settings.0 + Hidden::new(Clock::new(Arc::new(Settings(1)))).clock.settings.0
    }
}

use app::{App, AppBuilder, AppInputs, Clock, Settings};

fn builder() -> AppBuilder {
    App::builder(AppInputs { settings: Arc::new(Settings(1)) }).settings(Arc::new(Settings(2)))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = builder().build().await.expect("nothing can fail");
    let _: Clock = app.resolve();
    assert_eq!(app::hidden(&app), 3);
}
