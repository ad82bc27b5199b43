//! What the description of an operation leaves out.

use std::{any::type_name, fmt};

use utoipa::openapi::Response;

use super::OperationDraft;
use crate::location::Location;

/// Part of an API that its OpenAPI document does not describe: see
/// [`Document::undescribed`](crate::openapi::Document::undescribed). `Display` prints it on one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UndescribedPart {
    /// Method and path of the operations: `GET /books`. For a plain router, the path under which it is merged.
    pub operations: Vec<String>,
    /// The part, mostly a type, without the paths of modules: `Json<Book>`.
    pub what: String,
    /// Why it is not described, and how to describe it.
    pub why: String,
    /// Source location of the endpoint or provider. `file` is empty if it is not known.
    pub location: Location,
}

impl fmt::Display for UndescribedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operations, what, why, location } = self;
        f.write_str(operations.first().map_or("", String::as_str))?;
        if let more @ 1.. = operations.len().saturating_sub(1) {
            write!(f, " and {more} more")?;
        }
        if !location.file.is_empty() {
            write!(f, " ({location})")?;
        }
        write!(f, ": `{what}`: {why}")
    }
}

/// Parts of one operation that are not described.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) operation: String,
    /// The endpoint or provider that is being described.
    pub(crate) location: Location,
    pub(crate) parts: Vec<UndescribedPart>,
}

impl Report {
    pub(crate) fn new(operation: String, location: Location) -> Self {
        Self { operation, location, parts: Vec::new() }
    }

    pub(crate) fn add(&mut self, what: String, why: String) {
        let (operations, location) = (vec![self.operation.clone()], self.location);
        self.parts.push(UndescribedPart { operations, what, why, location });
    }
}

impl OperationDraft {
    /// Reports a part of the operation that cannot be described, such as the headers that a function reads from
    /// a `HeaderMap`. [`Document::undescribed`](crate::openapi::Document::undescribed) returns it.
    pub fn undescribed(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.report.add(what.into(), why.into());
    }

    /// Reports a parameter of the type `T`, or of that of a `Probe<T>`.
    pub(crate) fn unknown_input<T: ?Sized>(&mut self) {
        if !self.is_known_otherwise {
            self.undescribed(shown::<T>(), UNKNOWN_INPUT);
        }
    }

    /// Declares the next parameter of the path as text, and reports its type.
    pub(crate) fn unknown_path_parameter<T: ?Sized>(&mut self) {
        if let Some(name) = self.next_in_path() {
            let schema = self.schema::<String>();
            self.path_parameter(name, schema);
            self.undescribed(shown::<T>(), UNKNOWN_PATH);
        }
    }

    /// Describes a response of the unknown type `T`, or of the `Ok` of a `Result`.
    pub(crate) fn unknown_output<T: ?Sized>(&mut self) {
        if self.is_caught || (self.is_upgrade && !self.is_failure) {
            return;
        }
        let name = shown::<T>();
        let (ok, _) = result(&name).unwrap_or((&name, ""));
        self.response_of_any_status(Response::new(""));
        self.undescribed(ok, UNKNOWN_OUTPUT);
    }

    /// Describes a failure with the unknown type `T`, or the `Err` of a `Result`.
    pub(crate) fn unknown_failure<T: ?Sized>(&mut self) {
        let name = shown::<T>();
        let (_, error) = result(&name).unwrap_or(("", &name));
        if !self.is_caught && error != "Infallible" {
            self.any_response(Response::new(""));
            self.undescribed(error, UNKNOWN_FAILURE);
        }
    }

    /// Describes a response whose status is known at run time only.
    pub(crate) fn response_of_any_status(&mut self, response: Response) {
        if !self.is_failure {
            // Clients and validators expect the response to a success.
            self.add("2XX".to_owned(), response.clone());
        }
        self.any_response(response);
    }

    /// Adds descriptions of responses that are failures.
    pub(crate) fn failure(&mut self, describe: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.is_failure, true);
        describe(self);
        self.is_failure = before;
    }

    /// Describes what is known of a parameter whose own type says nothing about itself.
    pub(crate) fn known_otherwise(&mut self, describe: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.is_known_otherwise, true);
        describe(self);
        self.is_known_otherwise = before;
    }

    /// Describes parts that are declared at `location`.
    pub(crate) fn at(&mut self, location: Location, describe: impl FnOnce(&mut Self)) {
        let location = if location.file.is_empty() { self.report.location } else { location };
        let before = std::mem::replace(&mut self.report.location, location);
        describe(self);
        self.report.location = before;
    }

    /// Reports a status that is set at run time.
    pub(super) fn unknown_status<T: ?Sized>(&mut self) {
        self.undescribed(shown::<T>(), UNKNOWN_STATUS);
    }

    /// Describes the switch to another protocol. The response is then made by the upgrade.
    #[cfg(feature = "ws")]
    pub(super) fn upgrade(&mut self) {
        self.response(axum::http::StatusCode::SWITCHING_PROTOCOLS, Response::new(""));
        self.is_upgrade = true;
    }
}

const UNKNOWN_INPUT: &str = "the parameter has no description: implement `OperationInput` for it, or wrap it; `Json<T>` and `Form<T>` have one if `T: ToSchema`, `Query<T>` if `T: IntoParams`";
const UNKNOWN_PATH: &str = "the parameter of the path is described as text: derive `ToSchema` for its type, or `IntoParams` for a struct of all";
const UNKNOWN_OUTPUT: &str =
    "the response has no description: implement `OperationOutput` for it; `Json<T>` has one if `T: ToSchema`";
const UNKNOWN_FAILURE: &str = "the error has no description: derive `Problem` for it, or implement `ToProblem::kinds` or `OperationOutput`";
const UNKNOWN_STATUS: &str =
    "the status is set at run time: return a type of your own that implements `OperationOutput`";

/// Returns the name of `T` without the paths of modules. Of a `Probe<T>` or `Returned<T>`, the name of `T`.
pub(crate) fn shown<T: ?Sized>() -> String {
    let name = type_name::<T>();
    let mut shown = String::with_capacity(name.len());
    for character in name.chars() {
        shown.push(character);
        if shown.ends_with("::") {
            let is_part = |character: char| character.is_alphanumeric() || "_{}#".contains(character);
            let path = shown.trim_end_matches("::");
            shown.truncate(path.trim_end_matches(is_part).len());
        }
    }
    ["Probe<", "Returned<"]
        .iter()
        .find_map(|wrapper| shown.strip_prefix(wrapper)?.strip_suffix('>'))
        .map_or_else(|| shown.clone(), str::to_owned)
}

/// Splits `Result<T, E>`.
fn result(name: &str) -> Option<(&str, &str)> {
    let arguments = name.strip_prefix("Result<")?.strip_suffix('>')?;
    let mut depth = 0_i32;
    let comma = arguments.char_indices().find(|&(_, character)| {
        depth += match character {
            '<' | '(' | '[' => 1,
            '>' | ')' | ']' => -1,
            _ => 0,
        };
        character == ',' && depth == 0
    });
    let (ok, error) = arguments.split_at(comma?.0);
    Some((ok.trim(), error.trim_start_matches(',').trim()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{result, shown};

    #[test]
    fn types_are_shown_without_modules() {
        assert_eq!(shown::<Option<Vec<std::time::Duration>>>(), "Option<Vec<Duration>>");
        assert_eq!(shown::<(HashMap<String, u8>, &'static str)>(), "(HashMap<String, u8>, &str)");
    }

    #[test]
    fn the_types_of_a_result_are_split() {
        assert_eq!(result("Result<(A, B<C, D>), E>"), Some(("(A, B<C, D>)", "E")));
        assert_eq!(result("A"), None);
    }
}
