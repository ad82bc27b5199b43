//! An error with its causes, for the log.

use std::{error::Error, fmt};

/// Maximum number of errors in the log text. It ends the loop over a chain of sources that forms a cycle.
pub(super) const LONGEST_CHAIN: usize = 32;

/// Display wrapper for an error and all its sources, outermost first.
pub(crate) struct ErrorChain<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut last = self.0;
        for _ in 1..LONGEST_CHAIN {
            let Some(cause) = last.source() else { return Ok(()) };
            write!(f, ": {cause}")?;
            last = cause;
        }
        f.write_str(": ..")
    }
}
