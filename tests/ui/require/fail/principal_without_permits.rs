//! The principal of a requirement tells whether it meets it.

use inject_runtime::Requirement;

pub struct Permission(pub &'static str);

pub struct CurrentUser;

impl Requirement for Permission {
    type Principal = CurrentUser;

    fn name(&self) -> std::borrow::Cow<'static, str> {
        self.0.into()
    }
}

fn main() {}
