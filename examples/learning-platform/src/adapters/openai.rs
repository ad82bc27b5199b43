//! An endpoint that speaks OpenAI's protocol, whoever runs it.

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret as _, SecretString};

use super::http::HttpClient;
use crate::config::Remote;

/// Where it is, and how to get there.
#[derive(Clone, Debug)]
pub(super) struct OpenAi {
    http: HttpClient,
    url: String,
    key: Option<SecretString>,
}

impl OpenAi {
    /// The endpoint of the settings.
    #[must_use]
    pub(super) fn new(remote: &Remote, http: HttpClient) -> Self {
        Self { http, url: remote.url.clone(), key: remote.key.clone() }
    }

    /// The client.
    #[must_use]
    pub(super) const fn http(&self) -> &HttpClient {
        &self.http
    }

    /// A call of one of its methods: `embeddings`.
    pub(super) fn post(&self, method: &str) -> RequestBuilder {
        let request = self.http.post(&format!("{}/{method}", self.url));
        match &self.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }
}
