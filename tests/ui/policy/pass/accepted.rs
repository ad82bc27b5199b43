//! Policies that hold: aliases, types with arguments, macros, and parameters.

use inject_runtime::{
    ApiKey, ApiKeyScheme, Authorized, Bearer, Principal, RequiresCredentials, Role, get, inject, require_role,
};

#[derive(Role, Clone, Copy, PartialEq, Eq)]
#[role(principal = CurrentUser, proofs = roles)]
pub enum UserRole {
    Admin,
}

#[derive(Clone)]
pub struct CurrentUser;

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, _: UserRole) -> bool {
        false
    }
}

#[inject]
fn current_user(_bearer: Bearer) -> CurrentUser {
    CurrentUser
}

pub struct Partner;

impl ApiKeyScheme for Partner {
    const NAME: &'static str = "X-Partner";
}

/// Either of two credentials.
#[derive(Clone)]
pub struct Either;

#[inject]
fn either(bearer: Option<Bearer>, key: Option<ApiKey<Partner>>) -> Result<Either, axum::http::StatusCode> {
    if bearer.is_some() || key.is_some() { Ok(Either) } else { Err(axum::http::StatusCode::UNAUTHORIZED) }
}

impl RequiresCredentials for Either {}

type Me = CurrentUser;
type Admin = Authorized<roles::Admin>;

#[get("/alias", authenticated = Me)]
async fn alias() {}

#[get("/arguments", authenticated = ApiKey<Partner>)]
async fn arguments() {}

#[get("/proof", authenticated = Authorized<roles::Admin>, hidden)]
async fn proof() {}

#[get("/parameter", authenticated)]
async fn parameter(_me: Me) {}

#[get("/proven")]
async fn proven(_by: Admin) {}

#[get("/twice")]
#[require_role(UserRole::Admin)]
async fn twice(_by: Admin) {}

#[get("/twice-alike", authenticated = CurrentUser)]
async fn twice_alike(_user: CurrentUser) {}

#[get("/either", authenticated)]
async fn either_of_two(_user: Either) {}

#[get("/login", authenticated)]
async fn login(_basic: inject_runtime::Basic) {}

macro_rules! endpoint {
    ($name:ident, $principal:ty) => {
        #[get("/macro", authenticated = $principal)]
        async fn $name() {}
    };
}

endpoint!(from_macro, ApiKey<Partner>);

/// A variable with the name of an endpoint.
fn shadows() -> u8 {
    let alias = 1;
    let arguments = |proof: u8| proof + alias;
    arguments(1)
}

fn main() {
    let _ = shadows();
}
