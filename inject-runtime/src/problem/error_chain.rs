//! An error with its causes, for the log.

use std::{error::Error, fmt};

/// How many causes of an error are logged. A chain that closes on itself would not end.
const LONGEST_CHAIN: usize = 32;

/// What an error and all that is behind it say, outermost first.
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
