//! Logging: readable text during development, JSON for machines. Lines that are logged during a request contain the
//! id of the request and the user.

use std::io::{self, IsTerminal as _};

use tracing::{Span, Subscriber, subscriber::SetGlobalDefaultError};
use tracing_subscriber::{
    EnvFilter, Layer as _, fmt, fmt::MakeWriter, layer::SubscriberExt as _, registry::Registry,
};

use crate::config::{LogFormat, LogSettings};

/// Installs the global subscriber, which writes the log to standard error.
///
/// # Errors
///
/// Returns an error if a global subscriber is already installed.
pub fn init(settings: &LogSettings) -> Result<(), SetGlobalDefaultError> {
    tracing::subscriber::set_global_default(subscriber(settings, io::stderr, io::stderr().is_terminal()))
}

/// Creates a subscriber according to the settings that writes to `writer`.
pub fn subscriber<W>(
    settings: &LogSettings,
    writer: W,
    is_terminal: bool,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // The filter was validated with the settings. If it is invalid nevertheless, the default filter is used.
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_default();
    let lines = fmt::layer().with_writer(writer);
    let lines = match settings.format {
        LogFormat::Pretty => lines.with_ansi(is_terminal).boxed(),
        // Lists all spans instead of only the innermost, because the span of the request may be further out.
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed()
        }
    };
    Box::new(Registry::default().with(lines).with(filter))
}

/// Name of the field of the request span that contains the user id.
pub const USER: &str = "user";

/// Records the user of the current request in its span, so that later log lines contain it. The authentication calls
/// this function.
pub fn record_user(user_id: i64) {
    Span::current().record(USER, user_id);
}
