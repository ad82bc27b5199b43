//! Changes in files.

use crate::{
    copy::Copy,
    sample::{Run, inject},
};

fn eject(copy: &Copy, arguments: &[&str]) -> Run {
    inject(&copy.folder, &[&["eject"], arguments].concat())
}

#[test]
fn the_rest_of_the_file_stays_byte_for_byte() {
    let copy = Copy::of_fixture("shop");
    let before = copy.read("src/catalog.rs");
    assert_eq!(eject(&copy, &["Items", "--force"]).status, 0);
    let after = copy.read("src/catalog.rs");
    let (start, end) = (before.find("#[repository(").unwrap(), before.find("\n\n// A name that").unwrap());
    assert!(after.starts_with(&before[..start]));
    assert!(after.ends_with(&before[end..]));
    // No comment names the attribute: the code is the user's now.
    assert!(!after.contains("// #[repository"));
    assert!(after.contains("/* how often */"));
}

#[test]
fn a_dry_run_shows_and_changes_nothing() {
    let copy = Copy::of_fixture("shop");
    let before = copy.read("src/web.rs");
    let run = eject(&copy, &["web::me", "--dry-run"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("-#[get(\"/me\", authenticated = Customer)]\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("+pub struct me {}\n") || run.stdout.contains("+struct me {}\n"),
        "{}",
        run.stdout
    );
    assert_eq!(copy.read("src/web.rs"), before);
}

#[test]
fn lines_end_as_they_do_in_the_file() {
    let copy = Copy::of_fixture("shop");
    let before = copy.read("src/layers.rs").replace('\n', "\r\n");
    copy.write("src/layers.rs", &before);
    assert_eq!(eject(&copy, &["Prices", "--force"]).status, 0);
    let after = copy.read("src/layers.rs");
    assert!(after.contains("    impl __rt::Layered for Prices {\r\n"));
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
}

#[test]
fn the_output_names_unused_imports_and_hidden_items() {
    let copy = Copy::of_fixture("shop");
    assert_eq!(
        eject(&copy, &["App", "--force"]).stderr,
        "crate::app::App is ejected, in src/app.rs\nthe import of `container` is unused now\nnote: the code still depends on `inject-runtime`: its `__private` items can change with each version\n"
    );
}

#[test]
fn an_item_inside_of_a_module_in_braces_is_indented() {
    let copy = Copy::of_fixture("shop");
    copy.write(
        "src/layers.rs",
        "mod inner {\n    /// Doc.\n    #[inject_runtime::in_layer(inject_runtime::layer::Common)] // why\n    pub struct A;\n\n    fn f() {}\n}\n",
    );
    assert_eq!(eject(&copy, &["inner::A", "--force"]).status, 0);
    assert_eq!(
        copy.read("src/layers.rs"),
        "mod inner {\n    /// Doc.\n    // why\n    pub struct A;\n\n    const _: () = {\n        \
         use ::inject_runtime::__private as __rt;\n        #[automatically_derived]\n        \
         impl __rt::Layered for A {\n            type Layer = inject_runtime::layer::Common;\n        }\n    };\n\n    \
         fn f() {}\n}\n"
    );
}
