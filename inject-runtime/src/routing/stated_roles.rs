//! Endpoints whose policy and whose proofs state different roles.

use crate::{
    metadata::{EndpointSpec, ParameterKind, Wrapper},
    policy::RoleCheck,
};

/// Returns the mistake of an endpoint that has a `#[require_role]` and a proof among its parameters that refuses one
/// of the roles of the policy: the policy would state more than the endpoint grants.
pub(super) fn disagreement(endpoint: &EndpointSpec) -> Option<String> {
    let policy = endpoint.role_check?();
    endpoint.parameters.iter().find_map(|parameter| {
        let ParameterKind::Wrapped(_, Wrapper::Authorized(check)) = parameter.kind else { return None };
        let proof = check();
        let refused = proof.iter().find_map(|proof| refused(&policy, proof))?;
        Some(format!(
            "the policy of `{}` is stated twice, and differently: `#[require_role]` grants `{refused}`, and `{}: {}` refuses it\n  {} at {}\n  remove `#[require_role]`: the parameter is the policy",
            endpoint.name, parameter.name, parameter.ty, endpoint.name, endpoint.location,
        ))
    })
}

/// Returns a role that passes `policy` and not `proof`. A proof of a permission is about no role.
fn refused<'a>(policy: &'a RoleCheck, proof: &RoleCheck) -> Option<&'a String> {
    if proof.any_of.is_empty() || !proof.permissions.is_empty() {
        return None;
    }
    policy.granted_to.iter().find(|role| !proof.granted_to.contains(role))
}
