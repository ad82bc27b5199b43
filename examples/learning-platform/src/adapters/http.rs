//! Client for HTTP requests to other services: one client, one connection pool, one retry policy.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use backon::{ExponentialBuilder, Retryable as _};
use inject_runtime::{in_layer, layer::Infrastructure};
use reqwest::{RequestBuilder, Response, StatusCode, header, redirect};

use crate::config::HttpSettings;

/// Delay before the first retry. It doubles with each retry and has jitter, so that clients that failed at the same
/// time do not retry at the same time.
const FIRST_DELAY: Duration = Duration::from_millis(200);

/// Maximum delay before a retry, even if the server requests a longer one, because a caller waits for the response.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Maximum number of characters of an error body that are kept for the log.
const MAX_BODY: usize = 1000;

/// HTTP client of the application. Clones share its connection pool.
#[in_layer(Infrastructure)]
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    timeout: Duration,
    backoff: ExponentialBuilder,
}

/// Error returned when a request fails.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The request failed without a response, or the response ended early.
    #[error("the request failed")]
    Transport(#[from] reqwest::Error),
    /// The response has an error status.
    #[error("the response status is {status}: {body}")]
    Status {
        /// Status of the response.
        status: StatusCode,
        /// Body of the response, if it is text, truncated.
        body: String,
        /// Delay that the header `Retry-After` requests.
        retry_after: Option<Duration>,
    },
}

impl HttpClient {
    /// Creates the client. This is a factory of the container.
    ///
    /// # Errors
    ///
    /// Returns an error if TLS cannot be initialized.
    pub fn open(settings: Arc<HttpSettings>) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.connect_timeout)
            // The timeout applies between two reads, because a stream may take longer in total.
            .read_timeout(settings.timeout)
            // The services are APIs, which do not redirect. A redirect is reported as an error.
            .redirect(redirect::Policy::none())
            .build()?;
        let backoff = ExponentialBuilder::new()
            .with_min_delay(FIRST_DELAY)
            .with_max_delay(MAX_DELAY)
            .with_max_times(settings.retries)
            .with_jitter();
        Ok(Self { client, timeout: settings.timeout, backoff })
    }

    /// Starts a `POST` request.
    pub fn post(&self, url: &str) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request and waits for the whole response within the timeout of the settings. See
    /// [`open_stream`](Self::open_stream) for the retries.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no response, or if its status is an error.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, HttpError> {
        self.open_stream(request.timeout(self.timeout)).await
    }

    /// Sends a request whose response is read as a stream. The timeout of the settings limits the time between two
    /// parts of the response.
    ///
    /// Use it for idempotent requests only: it retries when no connection can be established and on 429 and 5xx
    /// responses, up to the number of retries in the settings. It does not retry after a successful response, even if
    /// the rest of that response fails. It does not retry after a timeout either, because the server may still
    /// process the request.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no response, or if its status is an error.
    pub async fn open_stream(&self, request: RequestBuilder) -> Result<Response, HttpError> {
        let request = request.build()?;
        // A request that can be retried can be cloned, because its body is in memory.
        let attempt = || async {
            match request.try_clone() {
                Some(request) => check_status(self.client.execute(request).await?).await,
                None => Err(HttpError::Status {
                    status: StatusCode::BAD_REQUEST,
                    body: "the body of the request can be sent only once".to_owned(),
                    retry_after: None,
                }),
            }
        };
        attempt
            .retry(self.backoff)
            .when(HttpError::is_temporary)
            .adjust(HttpError::delay)
            .notify(
                |error, delay| tracing::warn!(%error, ?delay, url = %request.url(), "retrying the request"),
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

    /// Returns the delay before a retry: the longer one of our own delay and the delay that the server requests.
    /// Returns `None`, which means no retry, if it exceeds the maximum.
    fn delay(&self, own: Option<Duration>) -> Option<Duration> {
        let Self::Status { retry_after: Some(requested), .. } = self else { return own };
        own.map(|own| own.max(*requested)).filter(|delay| *delay <= MAX_DELAY)
    }
}

async fn check_status(response: Response) -> Result<Response, HttpError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| parse_retry_after(value, SystemTime::now()));
    // The body is for the log only. If it cannot be read, the status is sufficient.
    let body = response.text().await.unwrap_or_default();
    Err(HttpError::Status { status, body: body.chars().take(MAX_BODY).collect(), retry_after })
}

/// Parses the value of `Retry-After`: seconds or a date (RFC 9110, section 10.2.3).
fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    match value.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let date = httpdate::parse_http_date(value.trim()).ok()?;
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
    fn the_delay_respects_retry_after_up_to_the_maximum() {
        let own = Some(Duration::from_secs(1));
        assert_eq!(limited(None).delay(own), own);
        assert_eq!(limited(Some(3)).delay(own), Some(Duration::from_secs(3)));
        assert_eq!(limited(Some(0)).delay(own), own);
        assert_eq!(limited(Some(3600)).delay(own), None);
        assert_eq!(limited(Some(3)).delay(None), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(parse_retry_after("119", now), Some(Duration::from_secs(119)));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
    }
}
