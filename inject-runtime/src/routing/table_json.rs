//! JSON format of the route table.

use serde_json::{Value, json};

use super::table::{RouteInfo, RouteTable};
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
        let document = json!({ "routes": routes, "roles": roles, "plain_routers": self.plain_routers() });
        format!("{document:#}\n")
    }
}

fn route(row: &RouteInfo) -> Value {
    let checks = row.checks.iter().map(|check| {
        let RoleCheck { any_of, granted_to, permissions, .. } = check;
        json!({ "any_of": any_of, "granted_to": granted_to, "permissions": permissions })
    });
    let parameters = row.parameters.iter().map(|(name, ty)| json!({ "name": name, "type": ty }));
    json!({
        "method": row.method,
        "path": row.path,
        "handler": row.handler,
        "module": row.module,
        "policy": policy(row.policy),
        "guards": row.guards,
        "checks": checks.collect::<Vec<_>>(),
        "injects": row.injects,
        "parameters": parameters.collect::<Vec<_>>(),
        "declared_at": row.location.to_string(),
    })
}

fn policy(policy: Policy) -> Value {
    match policy {
        Policy::Public => json!({ "kind": "public" }),
        Policy::Authenticated { principal } => json!({ "kind": "authenticated", "principal": principal }),
        Policy::AnyRole { role, any_of } => json!({ "kind": "role", "role": role, "any_of": any_of }),
        Policy::Required { requirement } => json!({ "kind": "required", "requirement": requirement }),
    }
}
