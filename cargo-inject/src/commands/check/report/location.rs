//! Places, as programs want them.

use std::{
    fmt::Write as _,
    path::{Component, Path},
};

use crate::commands::check::finding::Place;

/// A place in a file: lines and columns from one, columns in characters, the end exclusive.
pub(super) struct Location {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl Location {
    pub(super) fn of(place: &Place) -> Self {
        let (start, end) = (place.file.location(place.range.start), place.file.location(place.range.end));
        Self { line: start.line, column: start.column, end_line: end.line, end_column: end.column }
    }
}

/// A file, relative to a folder where it is below it: with `/` on every system.
pub(super) fn relative(file: &Path, root: &Path) -> String {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (file, root) = (canonical(file), canonical(root));
    let Ok(below) = file.strip_prefix(&root) else { return file.display().to_string() };
    let names = below.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}

/// The same as a relative reference (RFC 3986); `file://` where it is not below the folder.
pub(super) fn uri(file: &Path, root: &Path) -> String {
    let mut uri = String::new();
    let path = relative(file, root);
    if Path::new(&path).is_absolute() {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(byte.into());
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
