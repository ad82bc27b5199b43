// A permission, its principal, and the provider of the principal. Cases include this file.

#[derive(Clone, Copy)]
pub struct Permission(pub &'static str);

impl inject_runtime::Requirement for Permission {
    type Principal = CurrentUser;

    fn name(&self) -> std::borrow::Cow<'static, str> {
        self.0.into()
    }
}

#[derive(Clone)]
pub struct CurrentUser;

impl inject_runtime::Permits<Permission> for CurrentUser {
    fn permits(&self, permission: &Permission) -> bool {
        permission.0 == "orders:read"
    }
}

#[inject_runtime::inject]
pub fn current_user(_: inject_runtime::Bearer) -> CurrentUser {
    CurrentUser
}
