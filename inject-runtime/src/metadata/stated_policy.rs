//! Policies that parameters state, and checks of policies against parameters, in constants of the expansions.

use super::{
    endpoint::EndpointSpec,
    parameter::{ParameterKind, ParameterSpec, Wrapper},
};
use crate::{const_message::Message, policy::Policy};

/// Returns the policy that a parameter states: the first one that rejects requests without credentials, or,
/// without the key `authenticated`, the first proof. [`Policy::Public`] if there is none, which
/// [`policy_error`] reports.
#[must_use]
pub const fn stated_policy(parameters: &'static [ParameterSpec], is_authenticated: bool) -> Policy {
    let mut index = 0;
    while index < parameters.len() {
        let ParameterSpec { ty, .. } = parameters[index];
        if parameters[index].demands_credentials && (is_authenticated || parameters[index].kind.is_proof()) {
            return Policy::Authenticated { principal: ty };
        }
        index += 1;
    }
    Policy::Public
}

/// Rejects the policy of an endpoint, in a constant.
///
/// rustc omits `#[track_caller]` functions from the frames that it prints, and underlines the call.
///
/// # Panics
///
/// If there is an error.
#[track_caller]
pub const fn reject_policy(error: &Option<Message>) {
    if let Some(message) = error {
        panic!("{}", message.as_str());
    }
}

/// How an endpoint states its policy.
#[derive(Clone, Copy, Debug)]
pub enum Stated {
    /// `public`
    Public,
    /// `authenticated = T`
    Principal,
    /// `authenticated`
    Authenticated,
    /// Nothing: a parameter may be a proof.
    Parameter,
}

/// Returns what is wrong with the policy of an endpoint, if anything is.
#[must_use]
pub const fn policy_error(endpoint: &EndpointSpec, stated: Stated) -> Option<Message> {
    match stated {
        Stated::Public => public_error(endpoint.parameters),
        Stated::Principal => principal_error(endpoint),
        Stated::Authenticated | Stated::Parameter if !matches!(endpoint.policy, Policy::Public) => None,
        Stated::Authenticated => Some(message(&[
            "`",
            endpoint.name,
            "` lets a request without credentials pass: none of its parameters requires them\n  take the principal, as in `user: CurrentUser`, or name it: `authenticated = CurrentUser` [inject/policy]",
        ])),
        Stated::Parameter => Some(message(&[
            "`",
            endpoint.name,
            "` has no access policy\n  add `#[require_role(..)]`, `authenticated`, `authenticated = CurrentUser` or `public`; or take a proof: `by: Authorized<..>` [inject/policy]",
        ])),
    }
}

/// A public endpoint has no parameter that rejects requests without credentials.
const fn public_error(parameters: &[ParameterSpec]) -> Option<Message> {
    let mut index = 0;
    while index < parameters.len() {
        let ParameterSpec { name, ty, demands_credentials, .. } = parameters[index];
        if demands_credentials {
            return Some(message(&[
                "this endpoint is not public: `",
                name,
                ": ",
                ty,
                "` rejects requests without credentials\n  write `authenticated` in place of `public`, or take `Option<",
                ty,
                ">` [inject/policy]",
            ]));
        }
        index += 1;
    }
    None
}

const fn principal_error(endpoint: &EndpointSpec) -> Option<Message> {
    let (Some(principal), Policy::Authenticated { principal: ty }) = (&endpoint.principal, &endpoint.policy)
    else {
        return None;
    };
    if principal.demands_credentials {
        return role_error(endpoint.parameters, *principal, ty);
    }
    let reason: &[&str] = match principal.kind {
        ParameterKind::Wrapped(_, Wrapper::Option | Wrapper::Result) => {
            &["an `Option` and a `Result` are there in any case\n  name the type inside [inject/policy]"]
        }
        ParameterKind::Provider(_) | ParameterKind::Uncached(_) | ParameterKind::Wrapped(..) => &[
            "nothing on the way to it requires them\n  let its provider take `Bearer`, `Basic`, `ApiKey<..>` or a principal, without `Option`; or, if it rejects such a request itself, promise it: `impl RequiresCredentials for ",
            ty,
            " {}` [inject/policy]",
        ],
        ParameterKind::Port(_) => &[
            "the container chooses what is behind a port\n  name a principal: `authenticated = CurrentUser` [inject/policy]",
        ],
        ParameterKind::Opaque => &[
            "what this extractor requires is not known\n  if it rejects such a request, promise it: `impl RequiresCredentials for ",
            ty,
            " {}` [inject/policy]",
        ],
        ParameterKind::Plain
        | ParameterKind::Path(_)
        | ParameterKind::Scoped
        | ParameterKind::NewScope(_)
        | ParameterKind::Injected(_) => {
            &["it is no principal\n  name one: `authenticated = CurrentUser` [inject/policy]"]
        }
    };
    let mut message = message(&["`authenticated = ", ty, "` lets a request without credentials pass: "]);
    let mut index = 0;
    while index < reason.len() {
        message.push(reason[index]);
        index += 1;
    }
    Some(message)
}

/// A proof among the parameters requires a role, which the policy is to state.
const fn role_error(parameters: &[ParameterSpec], principal: ParameterSpec, ty: &str) -> Option<Message> {
    let mut index = 0;
    while index < parameters.len() {
        let parameter = parameters[index];
        if parameter.kind.is_proof() && !principal.kind.is_proof() {
            return Some(message(&[
                "the policy is stated twice, and differently: `",
                parameter.name,
                ": ",
                parameter.ty,
                "` requires more than `authenticated = ",
                ty,
                "`\n  remove `authenticated = ",
                ty,
                "`: the parameter is the policy [inject/policy]",
            ]));
        }
        index += 1;
    }
    None
}

const fn message(parts: &[&str]) -> Message {
    let mut message = Message::new();
    let mut index = 0;
    while index < parts.len() {
        message.push(parts[index]);
        index += 1;
    }
    message
}

impl ParameterKind {
    /// Returns whether the parameter proves that its principal has a role.
    const fn is_proof(self) -> bool {
        matches!(self, Self::Wrapped(_, Wrapper::Authorized(_)))
    }
}
