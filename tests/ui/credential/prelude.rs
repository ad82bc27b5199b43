// A verifier of signatures. Cases include this file.

#[inject_runtime::service]
pub struct Webhooks;

impl inject_runtime::SignatureVerifier for Webhooks {
    type Sender = ();
    type Rejection = inject_runtime::Unauthorized;

    const SCHEME: inject_runtime::AuthScheme = inject_runtime::AuthScheme::header("X-Signature");

    async fn verify(
        &self,
        _: &axum::http::request::Parts,
        _: &[u8],
    ) -> Result<(), inject_runtime::Unauthorized> {
        Ok(())
    }
}
