//! What is shown, and how.

use std::fs;

use crate::{
    sample::{Run, fixture, inject, workspace},
    stdout,
};

#[test]
fn an_item_stands_above_what_the_macros_write() {
    insta::assert_snapshot!(stdout(&fixture("shop"), &["expand", "catalog::Items"]));
}

#[test]
fn a_constructor_is_found_by_its_type() {
    let expansion = stdout(&fixture("shop"), &["expand", "Clock"]);
    assert!(expansion.contains("pub fn start(now: u64) -> Self"), "{expansion}");
    assert!(expansion.contains("Self::start(7)"), "{expansion}");
}

#[test]
fn it_can_be_read_like_the_code_of_a_person() {
    let expansion = stdout(&fixture("shop"), &["expand", "Catalog", "--pretty", "--no-comments"]);
    assert!(!expansion.contains("__C") && !expansion.contains("::inject_runtime"), "{expansion}");
    insta::assert_snapshot!(expansion);
}

#[test]
fn short_names_are_those_of_the_crate() {
    let expansion = stdout(&fixture("shop"), &["expand", "web::me", "--pretty"]);
    // What is imported there already is not imported twice, and what is axum's is called so.
    assert!(!expansion.contains("use std::sync::Arc"), "{expansion}");
    assert!(expansion.contains("use axum::{body::Body"), "{expansion}");
    // The parameter has its name.
    assert!(expansion.contains("answer(me(customer).await)"), "{expansion}");
    // `Role` is in the module of `access` by another path than `State` is in that of `web`: no name is taken from anybody.
    let guard = stdout(&fixture("shop"), &["expand", "audit", "--pretty"]);
    assert!(
        guard.contains("async fn audit(_: RoleGuard<AuditRoles>, State(app): State<Arc<App>>)"),
        "{guard}"
    );
}

#[test]
fn the_differences_are_what_the_macros_did() {
    insta::assert_snapshot!(stdout(&fixture("shop"), &["expand", "layers", "--diff", "--no-comments"]));
    let columns = stdout(&fixture("shop"), &["expand", "layers::Mode", "--diff=side-by-side"]);
    let row = columns.lines().find(|line| line.contains("in_layer")).unwrap();
    assert!(row.starts_with("#[di::in_layer(Common)]  ") && row.contains(" │"), "{columns}");
}

#[test]
fn nothing_of_the_user_is_lost() {
    for crate_folder in [fixture("shop"), workspace().join("examples/quickstart")] {
        let expansion = stdout(&crate_folder, &["expand"]);
        for file in fs::read_dir(crate_folder.join("src")).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() || path.ends_with("main.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            // Tests are under a condition that does not hold.
            let text =
                text.split("// No container here").next().unwrap().split("#[cfg(test)]").next().unwrap();
            for line in text.lines().filter(|line| line.trim_start().starts_with("//")) {
                assert!(
                    expansion.contains(line.trim()) || line.contains("Only with a feature"),
                    "{} {line}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn colours_are_for_terminals() {
    let run = |arguments: &[&str]| inject(&fixture("shop"), arguments).stdout;
    let plain = run(&["expand", "Mode"]);
    assert!(!plain.contains('\u{1b}'));
    let coloured = run(&["expand", "Mode", "--color", "always"]);
    assert!(coloured.contains("\u{1b}[35menum"), "{coloured:?}");
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn the_quickstart_is_shown_whole() {
    let expansion = stdout(&workspace().join("examples/quickstart"), &["expand"]);
    for part in
        ["// crate (src/lib.rs)", "// crate::app (src/app.rs)", "// #[container]", "// #[derive(Problem)]"]
    {
        assert!(expansion.contains(part), "{part}");
    }
    // Other macros are as they are written.
    assert!(expansion.contains("static MIGRATIONS: Migrator = sqlx::migrate!();"));
    assert!(expansion.contains("#[derive(Debug, FromRequest)]"));
}

#[test]
fn there_is_help_with_an_example() {
    for command in ["expand", "eject"] {
        let Run { status, stdout, .. } = inject(&fixture("shop"), &[command, "--help"]);
        assert_eq!(status, 0);
        assert!(stdout.contains(&format!("cargo inject {command} services::UserService")), "{stdout}");
        assert!(stdout.contains("Exit status: 0"), "{stdout}");
    }
}
