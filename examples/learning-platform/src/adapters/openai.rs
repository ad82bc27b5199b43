//! Endpoint with the protocol of OpenAI.

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret as _, SecretString};

use super::http::HttpClient;
use crate::config::Remote;

/// Address and credentials of the endpoint.
#[derive(Clone, Debug)]
pub(super) struct OpenAi {
    http: HttpClient,
    url: String,
    key: Option<SecretString>,
}

impl OpenAi {
    /// Creates the endpoint that the settings name.
    #[must_use]
    pub(super) fn new(remote: &Remote, http: HttpClient) -> Self {
        Self { http, url: remote.url.clone(), key: remote.key.clone() }
    }

    /// Returns the HTTP client.
    #[must_use]
    pub(super) const fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Starts a request to a method of the endpoint, such as `embeddings`.
    pub(super) fn post(&self, method: &str) -> RequestBuilder {
        let request = self.http.post(&format!("{}/{method}", self.url));
        match &self.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }
}
