//! Detection of endpoints that match the same requests: at compile time for the endpoints of one `routes!`, and
//! for all endpoints when a router is built.

use std::{collections::HashMap, fmt::Write as _};

use super::path::{Piece, pieces};
use crate::{
    const_message::Message,
    location::Location,
    metadata::{EndpointSpec, Method},
};

/// Pair of endpoints of one `routes!` that match the same requests, or that name the parameters of one path
/// differently, which axum rejects.
#[derive(Debug)]
pub struct Overlap {
    endpoint: usize,
    message: Message,
}

/// Rejects an overlap at the endpoint with index `place`, in a constant.
///
/// rustc omits `#[track_caller]` functions from the frames that it prints, and underlines the call.
///
/// # Panics
///
/// If the overlap is at that endpoint.
#[track_caller]
pub const fn reject_overlap(overlap: &Option<Overlap>, place: usize) {
    if let Some(Overlap { endpoint, message }) = overlap
        && *endpoint == place
    {
        panic!("{}", message.as_str());
    }
}

/// Finds the first endpoint that overlaps with an earlier endpoint.
///
/// The function returns the overlap and the caller panics, because a panic in this function would show its
/// frames to the user. Endpoints are sorted by a hash of their path (a heap sort), because a quadratic comparison
/// hits rustc's limit of constant evaluation.
#[must_use]
pub const fn overlap<const N: usize>(specs: [&'static EndpointSpec; N]) -> Option<Overlap> {
    let (mut order, mut keys) = ([0; N], [0; N]);
    let mut index = 0;
    while index < N {
        order[index] = index;
        keys[index] = key(specs[index].path);
        index += 1;
    }
    let mut start = N / 2;
    while start > 0 {
        start -= 1;
        sift(&mut order, &keys, start, N);
    }
    let mut end = N;
    while end > 1 {
        end -= 1;
        (order[0], order[end]) = (order[end], order[0]);
        sift(&mut order, &keys, 0, end);
    }
    let mut found: Option<(usize, usize)> = None;
    index = 0;
    while index < N {
        // Endpoints with equal keys are adjacent, in the order of the argument.
        let mut other = index + 1;
        while other < N && keys[order[index]] == keys[order[other]] {
            let is_first = match found {
                Some((endpoint, _)) => order[other] < endpoint,
                None => true,
            };
            if is_first && overlaps(specs[order[index]], specs[order[other]]) {
                found = Some((order[other], order[index]));
            }
            other += 1;
        }
        index += 1;
    }
    match found {
        Some((endpoint, other)) => {
            Some(Overlap { endpoint, message: message(specs[endpoint], specs[other]) })
        }
        None => None,
    }
}

/// Returns the FNV-1a hash of a path. All path parameters have the same hash.
const fn key(path: &str) -> u64 {
    const fn add(key: u64, byte: u8) -> u64 {
        (key ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
    }
    let path = path.as_bytes();
    let mut key = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < path.len() {
        key = add(key, path[index]);
        if path[index] == b'{' {
            while index < path.len() && path[index] != b'}' {
                index += 1;
            }
        }
        index += 1;
    }
    key
}

/// Moves the entry at `root` down to its position in a heap of `end` entries.
const fn sift(order: &mut [usize], keys: &[u64], mut root: usize, end: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= end {
            return;
        }
        if child + 1 < end && is_before(keys, order[child], order[child + 1]) {
            child += 1;
        }
        if !is_before(keys, order[root], order[child]) {
            return;
        }
        (order[root], order[child]) = (order[child], order[root]);
        root = child;
    }
}

const fn is_before(keys: &[u64], a: usize, b: usize) -> bool {
    keys[a] < keys[b] || (keys[a] == keys[b] && a < b)
}

const fn overlaps(a: &EndpointSpec, b: &EndpointSpec) -> bool {
    same_path(a.path.as_bytes(), b.path.as_bytes()) && (same_method(a, b) || !same_names(a, b))
}

const fn same_method(a: &EndpointSpec, b: &EndpointSpec) -> bool {
    a.method as u8 == b.method as u8
}

/// Returns whether two paths are equal, if they match the same requests.
const fn same_names(a: &EndpointSpec, b: &EndpointSpec) -> bool {
    let (a, b) = (a.path.as_bytes(), b.path.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

const fn message(endpoint: &EndpointSpec, other: &EndpointSpec) -> Message {
    let mut message = Message::new();
    message.push("`");
    message.push(endpoint.name);
    message.push("` and `");
    message.push(other.name);
    if same_method(endpoint, other) {
        message.push("` both answer ");
        message.push(endpoint.method.as_str());
        message.push(" ");
        message.push(endpoint.path);
    } else {
        message.push("` name the parameters of one path differently: ");
        message.push(endpoint.path);
        message.push(" and ");
        message.push(other.path);
    }
    message.push("\n  `");
    message.push(other.name);
    message.push("` at ");
    message.push_location(other.location.file, other.location.line);
    message.push("\n  `");
    message.push(endpoint.name);
    message.push("` at ");
    message.push_location(endpoint.location.file, endpoint.location.line);
    message.push(if same_method(endpoint, other) {
        "\n  give one of them another path or method [inject/endpoint]"
    } else {
        "\n  give the parameters the same names [inject/endpoint]"
    });
    message
}

/// Returns whether two paths match the same requests. The names of parameters are ignored.
const fn same_path(a: &[u8], b: &[u8]) -> bool {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] != b[j] {
            return false;
        }
        if a[i] == b'{' {
            // `{*rest}` and `{id}` differ.
            let wild = i + 1 < a.len() && a[i + 1] == b'*';
            if wild != (j + 1 < b.len() && b[j + 1] == b'*') {
                return false;
            }
            while i < a.len() && a[i] != b'}' {
                i += 1;
            }
            while j < b.len() && b[j] != b'}' {
                j += 1;
            }
        }
        i += 1;
        j += 1;
    }
    i >= a.len() && j >= b.len()
}

/// Endpoints by the requests that they match. The check is for endpoints of different `routes!`, which the
/// compiler cannot compare.
#[derive(Default)]
pub(super) struct Answered {
    endpoints: HashMap<(Method, String), Answer>,
    /// First endpoint for each path, whose parameters have no names in the key.
    paths: HashMap<String, Answer>,
    /// First endpoint for each path up to a parameter, and whether that is `{*rest}`.
    parameters: HashMap<String, (bool, Answer)>,
}

#[derive(Clone)]
struct Answer {
    spec: &'static EndpointSpec,
    path: String,
    added_at: Location,
}

impl Answered {
    /// Adds an endpoint with its full path and the place where it is added. Returns the message of an overlap.
    pub(super) fn add(
        &mut self,
        spec: &'static EndpointSpec,
        path: &str,
        added_at: Location,
    ) -> Option<String> {
        let answer = Answer { spec, path: path.to_owned(), added_at };
        let mut unnamed = String::new();
        let mut conflict = None;
        for piece in pieces(path) {
            match piece {
                Piece::Text(text) => unnamed.push_str(text),
                Piece::Parameter { is_rest, .. } => {
                    let (other_is_rest, other) =
                        self.parameters.entry(unnamed.clone()).or_insert_with(|| (is_rest, answer.clone()));
                    if *other_is_rest != is_rest && conflict.is_none() {
                        conflict = Some(answer.against(
                            other,
                            "`{*rest}` and another parameter match the same segment",
                            "give one of them another path",
                        ));
                    }
                    unnamed.push_str(if is_rest { "{*}" } else { "{}" });
                }
            }
        }
        if let Some(other) = self.endpoints.get(&(spec.method, unnamed.clone())) {
            let what = format!("both answer {} {path}", spec.method.as_str());
            return Some(answer.against(other, &what, "give one of them another path or method"));
        }
        self.endpoints.insert((spec.method, unnamed.clone()), answer.clone());
        let other = self.paths.entry(unnamed).or_insert_with(|| answer.clone());
        if other.path != path {
            conflict = Some(answer.against(
                other,
                "the parameters of one path have two names",
                "give them the same names",
            ));
        }
        conflict
    }
}

impl Answer {
    fn against(&self, other: &Self, what: &str, fix: &str) -> String {
        let mut message =
            format!("`{}` and `{}`: {what}: {fix} [inject/endpoint]", other.spec.name, self.spec.name);
        for Self { spec, path, added_at } in [other, self] {
            let EndpointSpec { name, method, location, .. } = spec;
            let method = method.as_str();
            _ = write!(message, "\n  `{name}` at {location}: {method} {path}, added at {added_at}");
        }
        message
    }
}
