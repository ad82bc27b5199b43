//! Tests that build crates with many dependencies, which takes minutes.

use std::io::{self, Write as _};

/// Whether slow tests run. If they do not, the standard error says so: the test harness does not capture this message.
pub(crate) fn runs(test: &str) -> bool {
    if !cfg!(feature = "slow-tests") {
        _ = writeln!(io::stderr(), "did not run without `--features slow-tests`: {test}");
    }
    cfg!(feature = "slow-tests")
}
