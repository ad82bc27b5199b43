//! Places in the source code.

use std::fmt;

/// Place in the source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Location {
    /// File path, as passed to the compiler.
    pub file: &'static str,
    /// Line number, starting at 1.
    pub line: u32,
}

impl Location {
    /// Empty place, for items of this library.
    pub(crate) const EMPTY: Self = Self { file: "", line: 0 };

    /// Returns the place of the call: in an expansion, the span of the call.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn here() -> Self {
        let caller = std::panic::Location::caller();
        Self { file: caller.file(), line: caller.line() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
