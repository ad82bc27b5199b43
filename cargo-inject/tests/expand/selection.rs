//! What a path means, with which features, and of which target.

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
fn features_decide_what_there_is() {
    let shop = fixture("shop");
    assert!(stdout(&shop, &["expand", "NoMetrics"]).contains("impl NoMetrics"));
    // What is generated is under the condition, too.
    let expansion = stdout(&shop, &["expand", "Metrics", "--features", "metrics"]);
    assert!(
        expansion.contains("#[cfg(feature = \"metrics\")]\n#[automatically_derived]\nimpl Metrics"),
        "{expansion}"
    );
    assert!(!stdout(&shop, &["expand", "crate", "-F", "metrics"]).contains("NoMetrics"));
    assert_eq!(
        refused(&["expand", "Metrics"]),
        "error: `Metrics` (src/lib.rs:13:1) is not there: it is under `#[cfg(feature = \"metrics\")]`, which does not hold; \
         `--features` turns features on\n"
    );
    assert_eq!(
        refused(&["expand", "-F", "metric"]),
        "error: `shop` has no feature `metric`: did you mean `metrics`?\n"
    );
}

#[test]
fn a_path_that_means_nothing_has_neighbours() {
    let nearest =
        "error: there is no `catalog::Notfier` in the crate; the nearest are\n  crate::catalog::Notifier\n";
    assert!(refused(&["expand", "catalog::Notfier"]).starts_with(nearest));
    assert!(
        refused(&["expand", "zzz"])
            .starts_with("error: there is no `zzz` in the crate: give the path of an item")
    );
}

#[test]
fn a_path_that_means_several_is_not_guessed() {
    assert_eq!(
        refused(&["expand", "body"]),
        "error: `body` could be each of these: say which\n  crate::catalog::body\n  crate::web::body\n"
    );
    // From the root there is one, and the name of the crate is a root.
    assert!(stdout(&fixture("shop"), &["expand", "shop::web::body"]).contains("async fn body"));
}

#[test]
fn what_only_a_macro_writes_cannot_be_shown() {
    let message = refused(&["expand", "generated"]);
    assert!(message.contains("`generated` is written inside of a macro call (src/web.rs:"), "{message}");
}

#[test]
fn an_item_without_our_macros_is_shown_and_said_to_be_so() {
    let run = inject(&fixture("shop"), &["expand", "Http"]);
    assert_eq!(run.status, 0);
    assert_eq!(run.stdout, "/// A client of somebody else's.\n#[derive(Clone, Debug)]\npub struct Http;\n");
    assert_eq!(run.stderr, "no macro of `inject` is used in `Http`\n");
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
fn a_package_without_the_runtime_has_no_macros_of_ours() {
    let run = inject(&workspace(), &["expand", "-p", "inject-codegen"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`inject-codegen` does not depend on `inject-runtime`"), "{}", run.stderr);
}
