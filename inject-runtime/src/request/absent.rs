//! The mark of a rejection that says: there are no credentials at all.

/// In the extensions of a response: the request came without the credentials that were asked for. `Option<CurrentUser>` is then `None`.
#[derive(Clone, Debug)]
pub(crate) struct CredentialsAbsent;
