//! What tells a request without credentials from one whose credentials are wrong.

/// In the extensions of a response: the request carried no credentials at all, which is no mistake where credentials are optional.
// Who reads it asks for the type, and who makes it is behind a feature.
#[cfg_attr(not(feature = "security"), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CredentialsAbsent;
