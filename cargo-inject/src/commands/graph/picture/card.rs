//! Text on the card of a vertex.

use std::collections::HashMap;

use crate::compiled::Vertex;

/// Policies of the endpoints, by `GET /path`.
pub(super) type Policies = HashMap<String, String>;

/// Card of a vertex.
pub(super) struct Card {
    pub(super) title: String,
    /// Origin of the value: `notifier, bound`.
    pub(super) origin: String,
    /// Place of the declaration, if it is known.
    pub(super) place: String,
    pub(super) life: Life,
}

/// Lifetime of a value, which the mark on the card shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// One value for all dependents: a field of the container.
    Shared,
    /// One value for each dependent.
    Own,
    /// One value for each request.
    Request,
}

impl Life {
    /// CSS class of the mark.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Shared => "of-all",
            Self::Own => "of-holder",
            Self::Request => "of-request",
        }
    }

    /// Text in the legend.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Shared => "a field of the container",
            Self::Own => "built for its holder",
            Self::Request => "of one request",
        }
    }
}

impl Card {
    pub(super) fn of(vertex: &Vertex, policies: &Policies) -> Self {
        let life = match (&vertex.recipe, vertex.scope.as_str()) {
            (_, "request") => Life::Request,
            (Some(_), _) => Life::Shared,
            (None, _) => Life::Own,
        };
        Self {
            title: vertex.route.clone().unwrap_or_else(|| vertex.ty.clone()),
            origin: origin(vertex, policies),
            place: match &vertex.declared_at {
                Some(place) => place.clone(),
                None if vertex.dependencies.is_some() => String::new(),
                None => "of the library".to_owned(),
            },
            life,
        }
    }
}

fn origin(vertex: &Vertex, policies: &Policies) -> String {
    let id = &vertex.id;
    let mut text = match vertex.recipe.as_deref() {
        Some("input") => format!("{id}, input"),
        Some("factory") => match &vertex.factory {
            Some(function) => format!("{id} from {function}()"),
            None => format!("{id}, from a factory"),
        },
        Some("binding") => format!("{id}, bound"),
        Some("per request") => format!("{id}, bound for requests"),
        Some(_) => format!("{id}, shared"),
        None => match &vertex.route {
            Some(route) => match policies.get(route) {
                Some(policy) => policy.clone(),
                None => vertex.ty.clone(),
            },
            None if vertex.dependencies.is_some() => "dependencies unknown".to_owned(),
            None if vertex.scope == "request" => "of the request".to_owned(),
            None => "built on the spot".to_owned(),
        },
    };
    if let Some(qualifier) = &vertex.qualifier {
        text.push_str(", ");
        text.push_str(qualifier);
    }
    text
}

/// Start of `text`, in at most `length` characters.
pub(super) fn start_of(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length.saturating_sub(1)).chain(['…']).collect()
}

/// Title in at most `length` characters: a route without its middle, because many routes begin with the same names; a type without its end,
/// which is often the name of the layer.
pub(super) fn title(text: &str, length: usize) -> String {
    let count = text.chars().count();
    if count <= length || !text.contains(" /") {
        return start_of(text, length);
    }
    let end = length / 2;
    start_of(text, length - end) + &text.chars().skip(count - end).collect::<String>()
}

/// End of `text`, in at most `length` characters.
pub(super) fn end_of(text: &str, length: usize) -> String {
    let count = text.chars().count();
    if count <= length {
        return text.to_owned();
    }
    ['…'].into_iter().chain(text.chars().skip(count - length.saturating_sub(1))).collect()
}
