//! Compile errors of mistakes, and correct code without any.
//!
//! One case for each rule. `TRYBUILD=overwrite cargo test -p inject-tests --test ui` accepts new messages.
//! First read them like the user who made the mistake.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/*/pass/*.rs");
    cases.compile_fail("ui/*/fail/*.rs");
}
