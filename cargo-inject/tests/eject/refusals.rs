//! Items that are not ejected.

use crate::{copy::Copy, sample::inject};

fn refused(copy: &Copy, path: &str) -> String {
    let run = inject(&copy.folder, &["eject", path]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    run.stderr
}

#[test]
fn a_file_that_git_cannot_restore() {
    let copy = Copy::of_fixture("shop");
    let outside = refused(&copy, "App");
    assert_eq!(
        outside,
        "error: src/app.rs is not in a git repository, so there is no way back: commit it, or use `--force`\n"
    );
    copy.commit();
    assert_eq!(inject(&copy.folder, &["eject", "App"]).status, 0);
    let ejected = copy.read("src/app.rs");
    copy.write("src/web.rs", &format!("{}// mine\n", copy.read("src/web.rs")));
    assert!(refused(&copy, "web::me").contains("src/web.rs has changes that are not committed"));
    copy.write("src/new.rs", "#[inject_runtime::service]\npub struct New;\n");
    copy.write("src/lib.rs", &format!("{}mod new;\n", copy.read("src/lib.rs")));
    assert!(refused(&copy, "New").contains("src/new.rs is not known to git"));
    assert_eq!(copy.read("src/app.rs"), ejected);
}

#[test]
fn an_item_that_a_macro_call_writes() {
    let message = refused(&Copy::of_fixture("shop"), "generated");
    assert!(message.contains("`generated` is written inside a macro call (src/web.rs:"), "{message}");
}

#[test]
fn an_attribute_under_a_condition() {
    let message = refused(&Copy::of_fixture("names"), "OursUnderCondition");
    assert!(message.contains("its attribute is inside a `#[cfg_attr(..)]`"), "{message}");
}

#[test]
fn a_derive_with_conditions() {
    let copy = Copy::of_fixture("shop");
    let text =
        copy.read("src/access.rs").replace("    /// It is night.", "    #[cfg(unix)]\n    /// It is night.");
    copy.write("src/access.rs", &text);
    assert!(refused(&copy, "Refusal").contains("the derived code is for the selected features only"));
}

#[test]
fn a_module_and_an_item_without_macros() {
    let copy = Copy::of_fixture("shop");
    let message = refused(&copy, "catalog");
    assert!(
        message.contains("items are ejected one by one; it contains\n  crate::catalog::Items\n"),
        "{message}"
    );
    assert!(refused(&copy, "Http").contains("`Http` uses no macro of `inject`"));
}

#[test]
fn an_item_with_errors() {
    let copy = Copy::of_fixture("broken");
    let before = copy.read("src/lib.rs");
    let run = inject(&copy.folder, &["eject", "Borrowing", "--force"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains(" --> src/lib.rs:7:22"), "{}", run.stderr);
    assert!(run.stderr.ends_with("nothing was changed: `Borrowing` does not compile\n"), "{}", run.stderr);
    assert_eq!(copy.read("src/lib.rs"), before);
}
