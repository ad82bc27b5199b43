//! What is written on the card of a vertex.

use super::Policies;
use crate::compiled::Vertex;

/// A card.
pub(super) struct Card {
    pub(super) title: String,
    /// How it comes about: `binding of notifier`.
    pub(super) origin: String,
    /// Where it is declared, if that is known.
    pub(super) place: String,
    pub(super) life: Life,
}

/// How long a value lives, and whose it is: the mark on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// One, for everybody: a field of the container.
    Shared,
    /// The holder's own.
    Own,
    /// Of a request.
    Request,
}

impl Life {
    /// The class of the mark.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Shared => "of-all",
            Self::Own => "of-holder",
            Self::Request => "of-request",
        }
    }

    /// In the legend.
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
            (Some(_), _) => Life::Shared,
            (None, "request") => Life::Request,
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
        Some("provided") => format!("{id}, provided"),
        Some("factory") => match &vertex.factory {
            Some(function) => format!("{id} from {function}()"),
            None => format!("{id}, from a factory"),
        },
        Some("binding") => format!("{id}, bound"),
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

/// `text` in at most `length` characters, with its end missing.
pub(super) fn start_of(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length.saturating_sub(1)).chain(['…']).collect()
}

/// A title in at most `length` characters: a route without its middle, since many begin alike; a type without its end, which is often
/// the name of the layer.
pub(super) fn title(text: &str, length: usize) -> String {
    let count = text.chars().count();
    if count <= length || !text.contains(" /") {
        return start_of(text, length);
    }
    let end = length / 2;
    start_of(text, length - end) + &text.chars().skip(count - end).collect::<String>()
}

/// `text` in at most `length` characters, with its start missing: of a path, the end matters.
pub(super) fn end_of(text: &str, length: usize) -> String {
    let count = text.chars().count();
    if count <= length {
        return text.to_owned();
    }
    ['…'].into_iter().chain(text.chars().skip(count - length.saturating_sub(1))).collect()
}
