//! The log: for people while developing, as JSON for machines. What is logged while a request is worked on says which request that is,
//! and whose.

use std::io::{self, IsTerminal as _};

use tracing::{Span, Subscriber, subscriber::SetGlobalDefaultError};
use tracing_subscriber::{
    EnvFilter, Layer as _, fmt, fmt::MakeWriter, layer::SubscriberExt as _, registry::Registry,
};

use crate::config::{LogFormat, LogSettings};

/// Writes the log to standard error, from now on.
///
/// # Errors
///
/// There is a log already.
pub fn init(settings: &LogSettings) -> Result<(), SetGlobalDefaultError> {
    tracing::subscriber::set_global_default(subscriber(settings, io::stderr, io::stderr().is_terminal()))
}

/// The log, as the settings have it, written to wherever.
pub fn subscriber<W>(
    settings: &LogSettings,
    writer: W,
    is_terminal: bool,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // The settings have been checked. Where they have not, too much in the log is better than too little.
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    let lines = fmt::layer().with_writer(writer);
    let lines = match settings.format {
        LogFormat::Pretty => lines.with_ansi(is_terminal).boxed(),
        // All spans, and not the innermost alone: the request may be further out.
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed()
        }
    };
    Box::new(Registry::default().with(lines).with(filter))
}

/// The field of a request's span that says whose it is.
pub const USER: &str = "user";

/// From now on, the log says on whose behalf the current request is worked on. Whoever finds it out calls this.
pub fn on_behalf_of(user_id: i64) {
    Span::current().record(USER, user_id);
}
