//! `cargo inject expand` on the sample crates in `tests/fixtures/expand` and on the quickstart.

mod errors;
mod names;
mod output;
mod sample;
mod saved;
mod selection;

use std::path::Path;

/// Standard output of a successful run.
fn stdout(folder: &Path, arguments: &[&str]) -> String {
    let run = sample::inject(folder, arguments);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
    run.stdout
}
