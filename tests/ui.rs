//! What rustc says to a user who made a mistake, and that those who made none hear nothing.
//!
//! One rule, one case. `TRYBUILD=overwrite cargo test -p inject-tests --test ui` accepts new messages; read them as
//! the user who made the mistake first.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/*/pass/*.rs");
    cases.compile_fail("ui/*/fail/*.rs");
}
