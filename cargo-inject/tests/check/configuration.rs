//! Invalid rules: exit status 2, with the place and a suggestion.

use super::sample::{check, crate_of, titles, write};

/// Messages about rules of a crate with one module.
fn said(rules: &str) -> String {
    let folder =
        crate_of(rules, &[("src/lib.rs", "pub mod services;"), ("src/services.rs", "pub struct Service;")]);
    let checked = check(folder.path(), &[]);
    assert_eq!((checked.status, &*checked.stdout), (2, ""), "{}", checked.stderr);
    checked.stderr
}

fn rule(keys: &str) -> String {
    said(&format!("[[package.metadata.inject.rules]]\n{keys}"))
}

#[test]
fn an_unknown_key() {
    let text = rule("name = \"a\"\nmodules = [\"services\"]\nmay-nt-use = [\"sqlx\"]\nreason = \"r\"\n");
    assert!(text.starts_with("error: unknown key `may-nt-use`: did you mean `may-not-use`?\n"), "{text}");
    assert!(text.contains("--> Cargo.toml:15:1\n"), "{text}");
    assert!(text.contains("15 | may-nt-use = [\"sqlx\"]\n   | ^^^^^^^^^^\n"), "{text}");
    assert!(
        text.contains("= help: the keys are `name`, `reason`, `modules`, `except`, `may-not-use`"),
        "{text}"
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let text = said(
        r##"
[package.metadata.inject.layers]
reason = " "
modules = { serivce = ["services"], route = ["a::"] }

[[package.metadata.inject.rules]]
name = "layers"
modules = ["services"]
may-not-use = ["slqx"]
may-only-use = ["std"]

[[package.metadata.inject.rules]]
name = "twice"
modules = ["services"]
may-not-use = ["slqx"]
reason = "r"

[[package.metadata.inject.rules]]
name = "twice"
modules = ["services"]
reason = "r"

[[package.metadata.inject.contexts]]
modules = ["a:b"]
public = []
reason = "r"

[[package.metadata.inject.names]]
pattern = "a b"
attribute = "#[repository]"
reason = "r"

[[package.metadata.inject.names]]
pattern = "*Service"
"##,
    );
    for expected in [
        "a rule needs a `reason` that says what goes wrong without the rule\n  --> Cargo.toml:14:10",
        "there is no layer `serivce`: did you mean `service`?\n  --> Cargo.toml:15:13",
        "`a::` is not a pattern of paths: segments are separated by `::`, and none of them is empty\n  --> Cargo.toml:15:46",
        "`layers` is the name of a built-in rule: choose another name\n  --> Cargo.toml:18:8",
        "a rule needs one of `may-not-use` and `may-only-use`, not both\n  --> Cargo.toml:17:1",
        "`shop` has no dependency `slqx`: did you mean `sqlx`?\n  --> Cargo.toml:26:16",
        "another rule has the name `twice`\n  --> Cargo.toml:30:8",
        "a rule needs `may-not-use` or `may-only-use`\n  --> Cargo.toml:29:1",
        "`a:b` is not a pattern of paths",
        "`a b` is not a pattern of names",
        "`#[repository]` is not the name of an attribute",
        "a rule for names needs an `attribute` that the types have, or the `modules` that they are in\n  --> Cargo.toml:44:1",
        "a rule needs a `reason` that says what goes wrong without the rule\n  --> Cargo.toml:44:1",
    ] {
        assert!(text.contains(expected), "{expected}\n\nis not in\n\n{text}");
    }
}

#[test]
fn a_missing_key_and_a_wrong_type() {
    assert!(rule("name = \"a\"\nreason = \"r\"\n").contains("error: the key `modules` is missing\n"));
    assert!(rule("name = \"a\"\nmodules = \"services\"\n").contains("expected a sequence"));
}

#[test]
fn no_rules_at_all() {
    let text = said("");
    assert_eq!(
        text,
        "error: `shop` has no rules: write them in Cargo.toml, in `[package.metadata.inject]`\n"
    );
}

#[test]
fn a_crate_that_cannot_be_parsed() {
    let rules = "[[package.metadata.inject.rules]]\nname = \"a\"\nmodules = [\"**\"]\nmay-not-use = [\"sqlx\"]\nreason = \"r\"\n";
    let folder = crate_of(rules, &[("src/lib.rs", "pub fn f( {}")]);
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.status, 2);
    assert!(checked.stderr.contains("--> src/lib.rs:1:"), "{}", checked.stderr);
}

#[test]
fn a_pattern_that_covers_nothing() {
    let rules = r#"
[package.metadata.inject.layers]
reason = "r"
modules = { root = ["crate"], service = ["services", "servces::users"], common = ["services::Id"] }

[[package.metadata.inject.rules]]
name = "typo"
modules = ["services"]
may-not-use = ["crate::repositorys", "crate::services::*Row"]
reason = "r"

[[package.metadata.inject.rules]]
name = "not-there-yet"
modules = ["payments"]
may-not-use = ["sea-orm", "crate::legacy"]
allow-unmatched = true
reason = "r"

[[package.metadata.inject.names]]
pattern = "*Repository"
attribute = "repository"
reason = "r"
"#;
    let files = [("src/lib.rs", "pub mod services;"), ("src/services.rs", "pub struct Id;")];
    let folder = crate_of(rules, &files);
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.status, 1, "{}", checked.stderr);
    assert_eq!(
        titles(&checked),
        [
            "unmatched]: there is no module or item for the pattern `servces::users`",
            "unmatched]: there is no module or item for the pattern `crate::repositorys`",
            "unmatched]: there is no struct, enum or trait for the pattern `*Repository`",
        ]
    );
    assert!(checked.stdout.contains("--> Cargo.toml:15:54\n"), "{}", checked.stdout);
}

#[test]
fn keys_that_a_package_does_not_have_come_from_its_workspace() {
    let folder = crate_of("", &[]);
    write(
        &folder,
        "Cargo.toml",
        r#"
[workspace]
members = ["one", "two", "three"]
resolver = "3"

[[workspace.metadata.inject.rules]]
name = "no-sql"
modules = ["services"]
may-not-use = ["sqlx"]
reason = "r"
"#,
    );
    let package = |name: &str, rules: &str| {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\n[dependencies]\nsqlx = \"0.9\"\n{rules}"
        );
        write(&folder, &format!("{name}/Cargo.toml"), &manifest);
        write(
            &folder,
            &format!("{name}/src/lib.rs"),
            "pub mod services { pub type Pool = sqlx::SqlitePool; }",
        );
    };
    package("one", "");
    package("two", "[package.metadata.inject]\nrules = []\n");
    package("three", "[package.metadata.inject]\ntests = true\n");
    let checked = check(folder.path(), &["--workspace"]);
    assert_eq!(checked.status, 1, "{}", checked.stderr);
    let expected = "no-sql]: `crate::services` may not use `sqlx::SqlitePool`";
    assert_eq!(titles(&checked), [expected, expected]);
    let summaries: Vec<_> = checked.stdout.lines().filter(|line| line.contains(" in 2 modules")).collect();
    assert!(summaries[0].starts_with("error: `one`: 1 violation; 1 rule, "), "{summaries:?}");
    assert!(summaries.contains(&"`two`: no violations; 0 rules, 1 use in 2 modules"), "{summaries:?}");

    assert_eq!(check(folder.path(), &["-p", "one"]).status, 1);
    assert_eq!(check(folder.path(), &["-p", "two"]).status, 0);
}
