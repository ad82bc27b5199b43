//! Calls to other services: one client, one pool of connections, one policy.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use backon::{ExponentialBuilder, Retryable as _};
use inject_runtime::{in_layer, layer::Infrastructure};
use reqwest::{RequestBuilder, Response, StatusCode, header, redirect};

use crate::config::HttpSettings;

/// How long to wait before a call is made again, the first time. It doubles each time, with jitter, so that those who were refused together do not
/// come back together.
const FIRST_DELAY: Duration = Duration::from_millis(200);

/// The longest wait, whoever asks for it: somebody is waiting for us.
const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// How much of an error's body is kept, for the log.
const LONGEST_BODY: usize = 1000;

/// The client for everything that goes over HTTP. Clones share its connections.
#[in_layer(Infrastructure)]
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    timeout: Duration,
    backoff: ExponentialBuilder,
}

/// A call came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// There was no answer, or it broke off.
    #[error("the call failed")]
    Transport(#[from] reqwest::Error),
    /// The answer was an error.
    #[error("the answer was {status}: {body}")]
    Status {
        /// Which.
        status: StatusCode,
        /// What it says, as far as it is text.
        body: String,
        /// When to come back.
        retry_after: Option<Duration>,
    },
}

impl HttpClient {
    /// Makes the client: a factory of the container.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up on this machine.
    pub fn open(settings: Arc<HttpSettings>) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.connect_timeout)
            // Between two reads: a stream may take longer in all.
            .read_timeout(settings.timeout)
            // An interface does not move; what it says of a redirect is an error.
            .redirect(redirect::Policy::none())
            .build()?;
        let backoff = ExponentialBuilder::new()
            .with_min_delay(FIRST_DELAY)
            .with_max_delay(LONGEST_DELAY)
            .with_max_times(settings.retries)
            .with_jitter();
        Ok(Self { client, timeout: settings.timeout, backoff })
    }

    /// Something to be posted.
    pub fn post(&self, url: &str) -> RequestBuilder {
        self.client.post(url)
    }

    /// Makes a call whose answer is read as a whole, within the timeout of the settings; see [`open_stream`](Self::open_stream) for when it is made
    /// again.
    ///
    /// # Errors
    ///
    /// There is no answer, or one whose status is an error.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, HttpError> {
        self.open_stream(request.timeout(self.timeout)).await
    }

    /// Makes a call whose answer is read as it comes. Between two parts of it passes no more than the timeout of the settings.
    ///
    /// For calls that may be made more than once: where no connection is to be had, or the answer is a 429 or a 5xx, it is made again, as often as
    /// the settings say. Once there is an answer, it is never made again, whatever becomes of the rest of it. Neither is a call that has timed out:
    /// the other side may be at it still.
    ///
    /// # Errors
    ///
    /// There is no answer, or one whose status is an error.
    pub async fn open_stream(&self, request: RequestBuilder) -> Result<Response, HttpError> {
        let request = request.build()?;
        // What can be made again can be copied: its body is in memory.
        let attempt = || async {
            match request.try_clone() {
                Some(request) => succeeded(self.client.execute(request).await?).await,
                None => Err(HttpError::Status {
                    status: StatusCode::BAD_REQUEST,
                    body: "its body can only be sent once".to_owned(),
                    retry_after: None,
                }),
            }
        };
        attempt
            .retry(self.backoff)
            .when(HttpError::is_temporary)
            .adjust(HttpError::delay)
            .notify(
                |error, delay| tracing::warn!(%error, ?delay, url = %request.url(), "a call is made again"),
            )
            .await
    }
}

impl HttpError {
    fn is_temporary(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_connect(),
            Self::Status { status, .. } => {
                *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
            }
        }
    }

    /// How long to wait, given how long we would: not before the other side wants to be asked again, and not at all if that is too long.
    fn delay(&self, ours: Option<Duration>) -> Option<Duration> {
        let Self::Status { retry_after: Some(theirs), .. } = self else { return ours };
        ours.map(|ours| ours.max(*theirs)).filter(|it| *it <= LONGEST_DELAY)
    }
}

async fn succeeded(response: Response) -> Result<Response, HttpError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|it| it.to_str().ok());
    let retry_after = retry_after.and_then(|it| time_until(it, SystemTime::now()));
    // What it says is for the log. If it cannot be read, the status says enough.
    let body = response.text().await.unwrap_or_default();
    Err(HttpError::Status { status, body: body.chars().take(LONGEST_BODY).collect(), retry_after })
}

/// What `Retry-After` says: seconds, or a date (RFC 9110, section 10.2.3).
fn time_until(retry_after: &str, now: SystemTime) -> Option<Duration> {
    match retry_after.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let date = httpdate::parse_http_date(retry_after.trim()).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(retry_after: Option<u64>) -> HttpError {
        let retry_after = retry_after.map(Duration::from_secs);
        HttpError::Status { status: StatusCode::TOO_MANY_REQUESTS, body: String::new(), retry_after }
    }

    #[test]
    fn the_other_side_says_when_to_come_back() {
        let ours = Some(Duration::from_secs(1));
        assert_eq!(limited(None).delay(ours), ours);
        assert_eq!(limited(Some(3)).delay(ours), Some(Duration::from_secs(3)));
        assert_eq!(limited(Some(0)).delay(ours), ours);
        assert_eq!(limited(Some(3600)).delay(ours), None);
        assert_eq!(limited(Some(3)).delay(None), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(time_until("119", now), Some(Duration::from_secs(119)));
        assert_eq!(time_until("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(time_until("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(time_until("soon", now), None);
    }
}
