//! Ends of paths, in the corner cases of name resolution.

use super::sample::{check, crate_of};

/// Uses of `sqlx` and of `crate::hidden` by `crate::user`, in the order of the text.
fn used(files: &[(&str, &str)]) -> Vec<String> {
    let rules = r#"
[[package.metadata.inject.rules]]
name = "a"
modules = ["user"]
may-not-use = ["sqlx", "md5", "crate::hidden"]
allow-unmatched = true
reason = "r"
"#;
    let folder = crate_of(rules, files);
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.stderr, "");
    let found = checked
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("error[a]: `")?.split_once("` may not use `"));
    found.map(|(module, path)| format!("{module} {}", path.trim_end_matches('`'))).collect()
}

#[test]
fn an_import_is_not_found_by_its_own_name() {
    let files = [("src/lib.rs", "pub mod user { use sqlx; fn f() { sqlx::query(); } }")];
    assert_eq!(used(&files), ["crate::user sqlx"]);
}

#[test]
fn globs_in_circles_end() {
    let files = [(
        "src/lib.rs",
        "pub mod a { pub use crate::b::*; pub use sqlx::Pool; } pub mod b { pub use crate::a::*; pub use crate::user::*; }
         pub mod user { use crate::b::*; pub fn f(_: Pool, _: Missing) {} }",
    )];
    assert_eq!(used(&files), ["crate::user sqlx::Pool"]);
}

#[test]
fn reexports_are_followed_to_the_end() {
    let files = [
        (
            "src/lib.rs",
            "pub mod hidden; pub mod a { pub use crate::b::{Two as Three, inner}; } pub mod b { pub use crate::hidden::{One as Two, inner}; } pub mod user;",
        ),
        ("src/hidden.rs", "pub struct One; pub mod inner { pub fn f() {} }"),
        ("src/user.rs", "use crate::a; use crate::b::Two; fn f(_: a::Three, _: Two) { a::inner::f() }"),
    ];
    assert_eq!(used(&files), ["crate::user crate::hidden::One", "crate::user crate::hidden::inner::f",]);
}

#[test]
fn private_imports_are_for_the_modules_inside() {
    let files = [(
        "src/lib.rs",
        "pub mod a { use sqlx::Pool; pub type Own = u8; } pub struct Pool;
         pub mod user { use crate::a::*; use crate::*; pub fn f(_: Pool, _: Own) {}
             use sqlx::Row; pub mod child { use super::*; pub fn f(_: Row) { let _: super::Row; } } }",
    )];
    assert_eq!(used(&files), ["crate::user sqlx::Row", "crate::user::child sqlx::Row"]);
}

#[test]
fn names_in_scope_come_before_crates() {
    let files = [(
        "src/lib.rs",
        "pub mod user { mod sqlx { pub fn query() {} } fn f() { sqlx::query(); ::sqlx::query(); }
             fn g() { mod md5 { pub fn x() {} } md5::x(); }
             fn h() { use crate::hidden as md5; md5::x(); u8::max(1, 2); Vec::<u8>::new(); } }
         pub mod hidden { pub fn x() {} }",
    )];
    assert_eq!(used(&files), ["crate::user sqlx::query", "crate::user crate::hidden"]);
}

#[test]
fn a_crate_can_have_another_name_than_its_package() {
    let files = [(
        "src/lib.rs",
        "pub mod user { use md5::Md5; fn f() { md5::compute(); } fn g() { use md5 as sum; vec![sum::compute()]; } }",
    )];
    assert_eq!(used(&files), ["crate::user md5::Md5", "crate::user md5::compute", "crate::user md5"]);
}

#[test]
fn items_are_where_they_are_written_and_not_in_the_types_around_them() {
    let files = [(
        "src/lib.rs",
        "pub mod hidden { pub enum Role { Admin } pub trait Find { fn find(); } impl Role { pub const X: u8 = 1; }
             #[macro_export] macro_rules! find { () => { $crate::hidden::Role::Admin } } }
         pub mod user { fn f() -> u8 { crate::hidden::Role::Admin; crate::hidden::Role::X }
             fn g<T: crate::hidden::Find>() { <T as crate::hidden::Find>::find(); T::find(); crate::find!(); } }",
    )];
    assert_eq!(
        used(&files),
        [
            "crate::user crate::hidden::Role",
            "crate::user crate::hidden::Find",
            "crate::user crate::hidden::find",
        ]
    );
}

#[test]
fn paths_in_attributes_and_in_the_bodies_of_macros() {
    let files = [(
        "src/lib.rs",
        "pub mod hidden { pub fn one() {} pub fn two() {} pub fn three() {} }
         pub mod user { #[derive(sqlx::FromRow)] pub struct Row { #[init(crate::hidden::one())] x: u8 }
             macro_rules! two { () => { $crate::hidden::two() } }
             #[cfg_attr(all(), sqlx(default = super::hidden::three))] pub struct Other;
             #[cfg_attr(any(), sqlx(default = super::hidden::never))] pub struct Another; }",
    )];
    assert_eq!(
        used(&files),
        [
            "crate::user sqlx::FromRow",
            "crate::user crate::hidden::one",
            "crate::user crate::hidden::two",
            "crate::user crate::hidden::three",
        ]
    );
}

#[test]
fn code_whose_conditions_do_not_hold_is_ignored() {
    let files = [(
        "src/lib.rs",
        "pub mod user { pub struct S { #[cfg(any())] a: sqlx::A } enum E { #[cfg(any())] B(sqlx::B) }
             impl S { #[cfg(any())] fn c(_: sqlx::C) {} }
             fn f(x: u8) { #[cfg(any())] let _ = sqlx::d(); #[cfg(any())] sqlx::e(); match x { #[cfg(any())] sqlx::F => {} _ => {} }
                 #[cfg(any())] { sqlx::g(); } let _ = [#[cfg(any())] sqlx::H]; sqlx::is_there(); } }",
    )];
    assert_eq!(used(&files), ["crate::user sqlx::is_there"]);
}
