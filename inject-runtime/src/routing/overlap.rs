//! Detection of endpoints that match the same requests: at compile time for the endpoints of one `routes!`, and
//! for all endpoints when a router is built.

use std::collections::HashMap;

use super::table::RouteTable;
use crate::{const_message::Message, metadata::EndpointSpec};

/// Pair of endpoints of one `routes!` that match the same requests.
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

/// Finds the first endpoint that matches the same requests as an earlier endpoint.
///
/// The function returns the overlap and the caller panics, because a panic in this function would show its
/// frames to the user. Endpoints are sorted by a hash of their method and path (a heap sort), because a
/// quadratic comparison hits rustc's limit of constant evaluation.
#[must_use]
pub const fn overlap<const N: usize>(specs: [&'static EndpointSpec; N]) -> Option<Overlap> {
    let (mut order, mut keys) = ([0; N], [0; N]);
    let mut index = 0;
    while index < N {
        order[index] = index;
        keys[index] = key(specs[index].method.as_str(), specs[index].path);
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
            if is_first && same_requests(specs[order[index]], specs[order[other]]) {
                found = Some((order[other], order[index]));
            }
            other += 1;
        }
        index += 1;
    }
    match found {
        Some((endpoint, other)) => {
            Some(Overlap { endpoint, message: both_answer(specs[endpoint], specs[other]) })
        }
        None => None,
    }
}

/// Returns the FNV-1a hash of a method and a path. All path parameters have the same hash.
const fn key(method: &str, path: &str) -> u64 {
    const fn add(key: u64, byte: u8) -> u64 {
        (key ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
    }
    let (method, path) = (method.as_bytes(), path.as_bytes());
    let mut key = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < method.len() {
        key = add(key, method[index]);
        index += 1;
    }
    index = 0;
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

const fn same_requests(a: &EndpointSpec, b: &EndpointSpec) -> bool {
    a.method as u8 == b.method as u8 && same_path(a.path.as_bytes(), b.path.as_bytes())
}

const fn both_answer(endpoint: &EndpointSpec, other: &EndpointSpec) -> Message {
    let mut message = Message::new();
    message.push("`");
    message.push(endpoint.name);
    message.push("` and `");
    message.push(other.name);
    message.push("` both answer ");
    message.push(endpoint.method.as_str());
    message.push(" ");
    message.push(endpoint.path);
    message.push("\n  `");
    message.push(other.name);
    message.push("` at ");
    message.push_location(other.location.file, other.location.line);
    message.push("\n  `");
    message.push(endpoint.name);
    message.push("` at ");
    message.push_location(endpoint.location.file, endpoint.location.line);
    message.push("\n  give one of them another path or method [inject/endpoint]");
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

/// Panics if two rows of the table match the same requests. The check is for endpoints of different `routes!`,
/// which the compiler cannot compare.
#[track_caller]
pub(super) fn assert_no_overlap(table: &RouteTable) {
    let mut seen = HashMap::new();
    for row in table.rows() {
        if let Some(other) = seen.insert((row.method, without_names(&row.path)), row) {
            panic!(
                "`{}` ({}) and `{}` ({}) both answer {} {}",
                row.handler, row.location, other.handler, other.location, row.method, row.path,
            );
        }
    }
}

/// Returns the path without the names of its parameters: `/users/{}` for `/users/{id}`, `/files/{*}` for
/// `/files/{*rest}`.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let mut unnamed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        unnamed.push_str(if name.starts_with('*') { "{*}" } else { "{}" });
        unnamed.push_str(rest);
    }
    unnamed
}
