//! Each kind of rule, on a sample crate: without violations, and with those of its feature `broken`.

use std::fs;

use insta::assert_snapshot;

use super::sample::{check, copy, crate_of, edit, fixture, titles};

fn is_clean(name: &str) {
    let checked = check(&fixture(name), &[]);
    assert_eq!((checked.status, &*checked.stderr), (0, ""), "{}", checked.stdout);
    assert!(checked.stdout.starts_with(&format!("`{name}`: no violations; ")), "{}", checked.stdout);
}

fn broken(name: &str) -> String {
    let checked = check(&fixture(name), &["--features", "broken"]);
    assert_eq!((checked.status, &*checked.stderr), (1, ""), "{}", checked.stdout);
    assert!(!checked.stdout.contains('\u{1b}'), "plain in a pipe");
    checked.stdout
}

#[test]
fn layers() {
    is_clean("layers");
    assert_snapshot!(broken("layers"));
}

#[test]
fn usage() {
    is_clean("usage");
    assert_snapshot!(broken("usage"));
}

#[test]
fn contexts() {
    is_clean("contexts");
    assert_snapshot!(broken("contexts"));
}

#[test]
fn names() {
    is_clean("names");
    assert_snapshot!(broken("names"));
}

#[test]
fn wiring() {
    is_clean("wiring");
    assert_snapshot!(broken("wiring"));
}

#[test]
fn modules_that_put_components_together() {
    let folder = copy("wiring");
    let inject = fixture("../../../../inject-runtime").canonicalize().expect("the runtime");
    let manifest = fs::read_to_string(folder.path().join("Cargo.toml")).expect("a file");
    let manifest = manifest.replace("../../../../../inject-runtime", &inject.display().to_string());
    let except = "[package.metadata.inject.wiring]\nexcept = [\"broken\"]\nreason = \"a module that is not injected\"\n";
    fs::write(folder.path().join("Cargo.toml"), manifest.clone() + except).expect("a file");
    let checked = check(folder.path(), &["--features", "broken"]);
    assert_eq!((checked.status, &*checked.stderr), (0, ""), "{}", checked.stdout);

    let unmatched =
        except.replace("broken", "brokn").replace("reason = \"a module that is not injected\"\n", "");
    fs::write(folder.path().join("Cargo.toml"), manifest + &unmatched).expect("a file");
    let checked = check(folder.path(), &["--features", "broken"]);
    assert_eq!(checked.status, 2);
    assert!(checked.stderr.contains("a rule needs a `reason`"), "{}", checked.stderr);
}

#[test]
fn a_module_that_is_in_no_layer() {
    let checked = check(&fixture("layers"), &["--features", "stray"]);
    assert_eq!(checked.status, 1);
    assert_snapshot!(checked.stdout);
}

#[test]
fn a_module_that_is_in_two_layers() {
    let rules = r#"
        [package.metadata.inject.layers]
        reason = "r"
        modules = { service = ["*::api"], repository = ["users::*"], root = ["crate"] }
    "#;
    let files = [
        ("src/lib.rs", "pub mod users;"),
        ("src/users.rs", "pub mod api { pub struct X; } pub mod store { pub struct Y; }"),
    ];
    let folder = crate_of(rules, &files);
    let checked = check(folder.path(), &[]);
    assert_eq!(
        titles(&checked),
        [
            "unclassified]: `crate::users::api` is in two layers, `service` and `repository`: their patterns are equally precise"
        ]
    );
    edit(&folder, "Cargo.toml", "*::api", "users::api");
    assert_eq!(check(folder.path(), &[]).status, 0);
}

#[test]
fn the_rules_apply_to_tests_on_request() {
    let folder = copy("usage");
    edit(&folder, "Cargo.toml", "tests = false", "tests = true");
    let checked = check(folder.path(), &[]);
    assert_eq!(titles(&checked), ["no-sql-in-services]: `crate::services::tests` may not use `sqlx::query`"]);
}

#[test]
fn layers_that_the_manifest_declares() {
    let rules = r#"
        [package.metadata.inject.layers]
        reason = "adapters can be replaced"
        [package.metadata.inject.layers.modules]
        adapters = ["http"]
        application = ["orders"]
        domain = ["domain"]
        common = ["ids"]
        [package.metadata.inject.layers.may-use]
        adapters = ["application"]
        application = ["domain"]
        domain = []
    "#;
    let files = [
        ("src/lib.rs", "pub mod http; pub mod orders; pub mod domain; pub mod ids;"),
        (
            "src/http.rs",
            "use crate::orders::Place; use crate::ids::Id; pub fn f(_: Place, _: Id) -> crate::domain::Order { loop {} }",
        ),
        ("src/orders.rs", "use crate::domain::Order; pub struct Place(Order);"),
        ("src/domain.rs", "pub struct Order(pub crate::ids::Id); pub fn f(_: crate::orders::Place) {}"),
        ("src/ids.rs", "pub struct Id;"),
    ];
    let folder = crate_of(rules, &files);
    let checked = check(folder.path(), &[]);
    assert_eq!(
        titles(&checked),
        [
            "layers]: `crate::domain` uses `crate::orders::Place`: the layer `domain` may not use the layer `application`",
            "layers]: `crate::http` uses `crate::domain::Order`: the layer `adapters` may not use the layer `domain`",
        ]
    );
}
