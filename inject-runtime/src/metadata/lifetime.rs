//! Lifetimes within a request: what lives until the end of the body does not hold what ends before the head.

use crate::{const_message::Message, location::Location};

/// Resource that ends before the head of the response is sent, which a value is or holds.
#[derive(Clone, Copy, Debug)]
pub struct EndsWithHead {
    /// Name of the provider of the resource.
    pub name: &'static str,
    /// Place of the provider. Empty for resources of this library.
    pub location: Location,
}

/// Returns the first of the resources that the fields of a component hold.
#[must_use]
pub const fn first_ending(fields: &[Option<EndsWithHead>]) -> Option<EndsWithHead> {
    let mut index = 0;
    while index < fields.len() {
        if fields[index].is_some() {
            return fields[index];
        }
        index += 1;
    }
    None
}

/// Returns what is wrong with a parameter of type `ty` of the provider `provider`, whose output lives until the end of the
/// body.
#[must_use]
pub const fn outlived(provider: &str, ty: &str, ends: Option<EndsWithHead>) -> Option<Message> {
    let Some(EndsWithHead { name, location }) = ends else { return None };
    let mut message = Message::new();
    message.push("captive dependency: `");
    message.push(provider);
    message.push("` lives until the end of the body, and takes `");
    message.push(ty);
    message.push("`, which ends before the head of the response\n  ");
    if location.line == 0 {
        message.push("a transaction is committed before the head: ");
    } else {
        message.push("its resource is from `");
        message.push(name);
        message.push("` at ");
        message.push_location(location.file, location.line);
        message.push(": give that one `until = body`, too; or ");
    }
    message
        .push("take what is read from it, as the output of a provider without a teardown [inject/lifetime]");
    Some(message)
}

/// Rejects a dependency that ends too early, in a constant.
///
/// # Panics
///
/// If there is one.
#[track_caller]
pub const fn reject_outlived(error: &Option<Message>) {
    if let Some(message) = error {
        panic!("{}", message.as_str());
    }
}
