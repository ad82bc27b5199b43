//! Marker that distinguishes a request without credentials from a request with wrong credentials.

/// Response extension: the request carried no credentials at all, which is not an error where credentials
/// are optional.
// The code that reads the marker is always compiled; the code that sets it is behind a feature.
#[cfg_attr(not(feature = "security"), allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CredentialsAbsent;
