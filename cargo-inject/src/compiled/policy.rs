//! Policies and guards, for people.

use super::answer::{Check, Policy, Route};

impl Route {
    /// The policy of the endpoint, and the guards around it: `public + Admin`.
    pub(crate) fn policy_shown(&self) -> String {
        let mut text = match &self.policy {
            Policy::Public => "public".to_owned(),
            Policy::Authenticated { principal } => format!("authenticated: {principal}"),
            Policy::Role { any_of, .. } => any_of.join(" | "),
        };
        // The checks of guards come first, in the order of the guards.
        let mut checks = self.checks.iter().peekable();
        for guard in &self.guards {
            let is_of_guard = |check: &&Check| {
                check
                    .any_of
                    .first()
                    .and_then(|role| role.rsplit_once("::"))
                    .is_some_and(|(role, _)| role == guard)
            };
            text.push_str(" + ");
            match checks.next_if(is_of_guard) {
                Some(check) => {
                    text.push_str(
                        &check.any_of.iter().map(|role| last_name(role)).collect::<Vec<_>>().join(" | "),
                    );
                }
                None => text.push_str(&without_paths(guard)),
            }
        }
        text
    }
}

/// `Authorized<Admin>` of `inject_runtime::Authorized<shop::roles::Admin>`.
fn without_paths(ty: &str) -> String {
    let mut shown = String::new();
    for part in
        ty.split_inclusive(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'))
    {
        shown.push_str(last_name(part));
    }
    shown
}

/// `Admin` of `my_app::auth::UserRole::Admin`.
pub(crate) fn last_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_shown_as_they_are_written() {
        let guard = "inject_runtime::request::role::Authorized<(shop::roles::Admin, shop::roles::Owner)>";
        assert_eq!(without_paths(guard), "Authorized<(Admin, Owner)>");
        assert_eq!(without_paths("shop::KeyChecked"), "KeyChecked");
    }
}
