//! Selection of items, features and targets.

use crate::{
    sample::{fixture, inject, workspace},
    stdout,
};

fn refused(arguments: &[&str]) -> String {
    let run = inject(&fixture("shop"), arguments);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
    run.stderr
}

#[test]
fn features_decide_which_items_exist() {
    let shop = fixture("shop");
    assert!(stdout(&shop, &["expand", "NoMetrics"]).contains("impl NoMetrics"));
    // The generated code is under the condition as well.
    let expansion = stdout(&shop, &["expand", "Metrics", "--features", "metrics"]);
    assert!(
        expansion.contains("#[cfg(feature = \"metrics\")]\n#[automatically_derived]\nimpl Metrics"),
        "{expansion}"
    );
    assert!(!stdout(&shop, &["expand", "crate", "-F", "metrics"]).contains("NoMetrics"));
    assert_eq!(
        refused(&["expand", "Metrics"]),
        "error: `Metrics` (src/lib.rs:13:1) is under `#[cfg(feature = \"metrics\")]`, which does not hold; \
         `--features` turns features on\n"
    );
    assert_eq!(
        refused(&["expand", "-F", "metric"]),
        "error: `shop` has no feature `metric`: did you mean `metrics`?\n"
    );
}

#[test]
fn an_unknown_path_has_suggestions() {
    let nearest =
        "error: there is no `catalog::Notfier` in the crate; the nearest are\n  crate::catalog::Notifier\n";
    assert!(refused(&["expand", "catalog::Notfier"]).starts_with(nearest));
    assert!(
        refused(&["expand", "zzz"])
            .starts_with("error: there is no `zzz` in the crate: give the path of an item")
    );
}

#[test]
fn an_ambiguous_path_is_refused() {
    assert_eq!(
        refused(&["expand", "body"]),
        "error: `body` is ambiguous: give one of these paths\n  crate::catalog::body\n  crate::web::body\n"
    );
    // From the root there is one, and the name of the crate is a root.
    assert!(stdout(&fixture("shop"), &["expand", "shop::web::body"]).contains("async fn body"));
}

#[test]
fn an_item_in_a_macro_call_cannot_be_shown() {
    let message = refused(&["expand", "generated"]);
    assert!(message.contains("`generated` is written inside a macro call (src/web.rs:"), "{message}");
}

#[test]
fn an_item_without_macros_is_shown_with_a_message() {
    let run = inject(&fixture("shop"), &["expand", "Http"]);
    assert_eq!(run.status, 0);
    assert_eq!(run.stdout, "/// Client from another crate.\n#[derive(Clone, Debug)]\npub struct Http;\n");
    assert_eq!(run.stderr, "`Http` uses no macro of `inject`\n");
}

#[test]
fn a_binary_is_a_crate_of_its_own() {
    let quickstart = workspace().join("examples/quickstart");
    let run = inject(&quickstart, &["expand", "--bin", "quickstart", "run"]);
    assert!(run.stdout.starts_with("async fn run()"), "{}", run.stdout);
    let run = inject(&quickstart, &["expand", "--bin", "slowstart"]);
    assert_eq!(run.stderr, "error: `quickstart` has no binary `slowstart`, but `quickstart`\n");
}

#[test]
fn a_package_without_the_runtime_is_refused() {
    let run = inject(&workspace(), &["expand", "-p", "inject-codegen"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`inject-codegen` does not depend on `inject-runtime`"), "{}", run.stderr);
}
