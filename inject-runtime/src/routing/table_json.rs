//! JSON format of the route table.

use serde_json::{Value, json};

use super::table::{AroundInfo, GuardInfo, PlainRouterInfo, RouteInfo, RouteTable};
use crate::policy::{Policy, RoleCheck};

impl RouteTable {
    /// Returns the table as a JSON document with three members: `routes` with the data of each [`RouteInfo`],
    /// `roles` with all known roles, and [`plain_routers`](Self::plain_routers).
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut roles: Vec<&String> = Vec::new();
        for role in self.rows().iter().flat_map(|row| &row.checks).flat_map(|check| &check.known) {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        let routes: Vec<_> = self.rows().iter().map(route).collect();
        let plain_routers: Vec<_> = self.plain_routers().iter().map(plain_router).collect();
        let document = json!({ "routes": routes, "roles": roles, "plain_routers": plain_routers });
        format!("{document:#}\n")
    }
}

fn route(row: &RouteInfo) -> Value {
    let checks = row.checks.iter().map(check);
    let parameters = row.parameters.iter().map(|(name, ty)| json!({ "name": name, "type": ty }));
    json!({
        "method": row.method,
        "path": row.path,
        "handler": row.handler,
        "module": row.module,
        "policy": policy(row.policy),
        "guards": guards(&row.guards),
        "arounds": arounds(&row.arounds),
        "checks": checks.collect::<Vec<_>>(),
        "transaction": row.transaction,
        "injects": row.injects,
        "parameters": parameters.collect::<Vec<_>>(),
        "declared_at": row.location.to_string(),
    })
}

fn plain_router(router: &PlainRouterInfo) -> Value {
    json!({
        "path": router.path,
        "source": router.source.as_str(),
        "guards": guards(&router.guards),
        "arounds": arounds(&router.arounds),
        "checks": router.guards.iter().flat_map(|guard| &guard.checks).map(check).collect::<Vec<_>>(),
        "declared_at": router.location.map(|location| location.to_string()),
    })
}

fn guards(guards: &[GuardInfo]) -> Vec<&str> {
    guards.iter().map(|guard| &*guard.ty).collect()
}

fn arounds(arounds: &[AroundInfo]) -> Vec<&str> {
    arounds.iter().map(|around| around.name).collect()
}

fn check(check: &RoleCheck) -> Value {
    json!({ "any_of": check.any_of, "granted_to": check.granted_to, "permissions": check.permissions })
}

fn policy(policy: Policy) -> Value {
    match policy {
        Policy::Public => json!({ "kind": "public" }),
        Policy::Authenticated { principal } => json!({ "kind": "authenticated", "principal": principal }),
        Policy::AnyRole { role, any_of } => json!({ "kind": "role", "role": role, "any_of": any_of }),
        Policy::Required { requirement } => json!({ "kind": "required", "requirement": requirement }),
    }
}
