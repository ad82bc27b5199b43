//! Output of expansions.

use std::fs;

use crate::{
    sample::{Run, fixture, inject, program, workspace},
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
    assert!(expansion.contains("<Self>::start(7)"), "{expansion}");
}

#[test]
fn pretty_expansions_have_short_paths_and_readable_names() {
    let expansion = stdout(&fixture("shop"), &["expand", "Catalog", "--pretty", "--no-comments"]);
    assert!(!expansion.contains("__C:") && !expansion.contains("::inject_runtime"), "{expansion}");
    insta::assert_snapshot!(expansion);
}

/// Methods and items keep their names: another name would show code that does not exist.
#[test]
fn pretty_expansions_of_an_endpoint_call_the_methods_that_exist() {
    let plain = stdout(&fixture("shop"), &["expand", "web::me"]);
    let pretty = stdout(&fixture("shop"), &["expand", "web::me", "--pretty"]);
    assert!(plain.contains("-> String {"), "the endpoint has a return type: {plain}");
    let methods = |text: &str| {
        let text = text.replace("..", "");
        let calls = text.split('.').skip(1).filter_map(|rest| rest.split_once('('));
        let names = calls.map(|(name, _)| name.trim().split("::").next().unwrap_or_default().to_owned());
        let is_name = |name: &String| name.chars().all(|letter| letter == '_' || letter.is_alphanumeric());
        names.filter(is_name).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(methods(&plain).contains("__success"), "{plain}");
    assert_eq!(methods(&pretty), methods(&plain), "{pretty}");
    // Type parameters have readable names.
    assert!(plain.contains("__C") && pretty.contains("impl<C") && !pretty.contains("__C"), "{pretty}");
}

#[test]
fn short_names_are_those_of_the_crate() {
    let expansion = stdout(&fixture("shop"), &["expand", "web::me", "--pretty"]);
    // An existing import is not repeated, and items of axum have axum's paths.
    assert!(!expansion.contains("use std::sync::Arc"), "{expansion}");
    assert!(expansion.contains("use axum::response::Response;\n"), "{expansion}");
    // The parameter has its name.
    assert!(expansion.contains("respond(me::call(customer))"), "{expansion}");
    // A name that the module uses for something else is not taken. The generated type keeps its name: no other one exists.
    let guard = stdout(&fixture("shop"), &["expand", "audit", "--pretty"]);
    assert!(
        guard.contains("async fn audit(_: RoleGuard<__auditRoles>, State(app): State<Arc<App>>)"),
        "{guard}"
    );
}

#[test]
fn differences_show_the_work_of_the_macros() {
    insta::assert_snapshot!(stdout(&fixture("shop"), &["expand", "layers", "--diff", "--no-comments"]));
    let columns = stdout(&fixture("shop"), &["expand", "layers::Mode", "--diff=side-by-side"]);
    let row = columns.lines().find(|line| line.contains("in_layer")).unwrap();
    assert!(row.starts_with("#[di::in_layer(di::layer::Common)]  ") && row.contains(" │"), "{columns}");
}

#[test]
fn the_comments_of_the_user_stay() {
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
fn colors_are_for_terminals() {
    let run = |arguments: &[&str]| program(&fixture("shop"), arguments).stdout;
    let plain = run(&["expand", "Mode"]);
    assert!(!plain.contains('\u{1b}'));
    let colored = run(&["expand", "Mode", "--color", "always"]);
    assert!(colored.contains("\u{1b}[35menum"), "{colored:?}");
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
}

#[test]
fn the_quickstart_is_shown_whole() {
    let expansion = stdout(&workspace().join("examples/quickstart"), &["expand"]);
    for part in
        ["// crate (src/lib.rs)", "// crate::app (src/app.rs)", "// #[container]", "// #[derive(Problem)]"]
    {
        assert!(expansion.contains(part), "{part}");
    }
    // Other macros are not expanded.
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
