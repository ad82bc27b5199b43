//! Error of the file system, with the path.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Error returned when a file or folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}", path = .path.display())]
pub(crate) struct FileError {
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

impl FileError {
    /// Argument for `map_err` on an operation with the file at `path`.
    pub(crate) fn at(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self { path, source }
    }
}
