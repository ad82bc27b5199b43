//! Report of a test that does not run.

use std::{
    env,
    io::{self, Write as _},
    thread,
};

/// Says on the standard error that this test does not run. Not with `eprintln!`, whose output the test harness hides if a
/// test passes.
pub(crate) fn not_run(reason: &str) {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    writeln!(io::stderr(), "NOT RUN: {test}: {reason}").expect("stderr is there");
}

/// Returns whether slow tests run.
#[allow(dead_code, reason = "not every test is slow")]
pub(crate) fn slow_tests_run() -> bool {
    if !cfg!(feature = "slow-tests") {
        not_run("it takes minutes, and needs `--features slow-tests`");
    }
    cfg!(feature = "slow-tests")
}

/// Returns the URL of a database server, if slow tests run.
#[allow(dead_code, reason = "not every test is slow")]
pub(crate) fn server(variable: &str, scheme: &str) -> Option<String> {
    if !slow_tests_run() {
        return None;
    }
    let url = env::var(variable).ok().filter(|url| url.starts_with(scheme));
    if url.is_none() {
        not_run(&format!("{variable} is not set to a URL that starts with `{scheme}`"));
    }
    url
}
