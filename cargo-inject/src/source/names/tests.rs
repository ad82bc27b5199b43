//! Ways on which a name reaches a module, in crates in a temporary folder.

use std::{collections::HashMap, fs};

use super::*;
use crate::source::{Conditions, Target as Crate, walk};

/// Names of a crate with this root file. `inject_runtime` is known by the name `di` as well, and its macros are known.
fn names(text: &str) -> PackageNames<String> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("lib.rs");
    fs::write(&root, text).unwrap();
    let target = Crate {
        name: "shop".to_owned(),
        is_library: true,
        root,
        conditions: Conditions::of_host(folder.path(), std::iter::empty()),
        here: folder.path().to_owned(),
    };
    let read = |module: &crate::source::Module<'_>| {
        (module.path.clone(), Scopes::of(module), module.file.text.clone())
    };
    let modules = walk(&target, read).unwrap();
    let dependencies = [("inject_runtime", "inject_runtime"), ("di", "inject_runtime"), ("log", "log")];
    let dependencies = Dependencies {
        names: dependencies.map(|(name, own)| (name.to_owned(), own.to_owned())).into(),
        macros: HashMap::from([("inject_runtime".to_owned(), vec!["service", "get", "routes"])]),
    };
    PackageNames::new([CrateSource { name: "shop".to_owned(), is_library: true, modules }], dependencies)
}

/// End of `path` in the module `user`, at the mark `/*here*/` if there is one.
fn end(text: &str, path: &str, wanted: Namespace) -> String {
    let names = names(text);
    let (krate, module, own) =
        names.modules().find(|(_, _, module)| module.path.last().unwrap() == "user").unwrap();
    let scope = own.facts.find("/*here*/").map_or(MODULE, |offset| own.scopes.at(offset));
    let path = PathSyntax::of(&syn::parse_str(path).unwrap());
    match names.target(PathSite { krate, module, scope }, &path, wanted) {
        None => "none".to_owned(),
        Some(Target::Module(krate, id)) => format!("module {}", names.module(krate, id).path.join("::")),
        Some(Target::Item(krate, id, name)) => {
            format!("item {}::{name}", names.module(krate, id).path.join("::"))
        }
        Some(Target::Foreign(names)) => format!("foreign {}", names.join("::")),
        Some(Target::Unknown(krate, id, rest)) => {
            format!("unknown {}::{}", names.module(krate, id).path.join("::"), rest.join("::"))
        }
    }
}

#[test]
fn macro_use_is_for_the_whole_crate_and_for_its_list() {
    let macro_of = |text: &str| end(text, "service", Namespace::Macro);
    let whole = "#[macro_use] extern crate log; #[macro_use] extern crate di; mod user {}";
    assert_eq!(macro_of(whole), "foreign inject_runtime::service");
    assert_eq!(macro_of("#[macro_use(get)] extern crate di; mod user {}"), "none");
    assert_eq!(
        macro_of("#[macro_use(get, service)] extern crate di; mod user {}"),
        "foreign inject_runtime::service"
    );
    assert_eq!(macro_of("extern crate di; mod user {}"), "none");
    // A name of the module comes first.
    assert_eq!(
        macro_of("#[macro_use] extern crate di; mod user { use log::service; }"),
        "foreign log::service"
    );
}

#[test]
fn extern_crate_can_rename_this_crate_and_others() {
    let text = "extern crate self as me; extern crate di as wire; pub struct A; pub mod user { pub fn f() { extern crate self as inner; /*here*/ } }";
    assert_eq!(end(text, "crate::me::A", Namespace::Item), "item crate::A");
    assert_eq!(end(text, "crate::wire::service", Namespace::Macro), "foreign inject_runtime::service");
    assert_eq!(end(text, "inner::A", Namespace::Item), "item crate::A");
    // The names in the root are crates for all modules.
    assert_eq!(end(text, "me::A", Namespace::Item), "item crate::A");
    assert_eq!(end(text, "::me::A", Namespace::Item), "item crate::A");
    assert_eq!(end(text, "wire::service", Namespace::Macro), "foreign inject_runtime::service");
}

#[test]
fn raw_identifiers_are_the_names_without_the_mark() {
    let text = "mod r#async { pub use di::service as r#type; pub struct r#Final; } mod user { use crate::r#async::{r#type as r#struct, Final}; }";
    assert_eq!(end(text, "r#struct", Namespace::Macro), "foreign inject_runtime::service");
    assert_eq!(end(text, "Final", Namespace::Item), "item crate::async::Final");
    assert_eq!(end(text, "crate::r#async::r#Final", Namespace::Item), "item crate::async::Final");
}

#[test]
fn self_in_braces_is_the_module_before_them() {
    let text = "mod a { pub mod b { pub struct C; } } mod user { use crate::a::{self as x, b::{self, C as D}}; use di::{self as y}; }";
    assert_eq!(end(text, "x::b::C", Namespace::Item), "item crate::a::b::C");
    assert_eq!(end(text, "b::C", Namespace::Item), "item crate::a::b::C");
    assert_eq!(end(text, "D", Namespace::Item), "item crate::a::b::C");
    assert_eq!(end(text, "y::get", Namespace::Macro), "foreign inject_runtime::get");
}

#[test]
fn globs_reexport_what_is_public_and_end_in_circles() {
    let text = "mod a { pub use di::*; pub use crate::b::*; use log::Level; pub struct A; } mod b { pub use crate::a::*; struct Hidden; } mod user { use crate::b::*; }";
    assert_eq!(end(text, "service", Namespace::Macro), "foreign inject_runtime::service");
    assert_eq!(end(text, "A", Namespace::Item), "item crate::a::A");
    assert_eq!(end(text, "other", Namespace::Macro), "none", "the macros of the crate are known");
    for private in ["Level", "Hidden", "Missing"] {
        assert_eq!(end(text, private, Namespace::Item), "none", "{private}");
    }
}

#[test]
fn names_in_the_bodies_of_functions_come_first() {
    let text = "use log::get; mod a { pub fn f() {} } mod user { use log::routes; fn f() {
        use di::routes as all; { use di::{routes, get as read}; fn service() {} mod a {} /*here*/ } } }";
    for (path, expected) in [
        ("routes", "foreign inject_runtime::routes"),
        ("all", "foreign inject_runtime::routes"),
        ("read", "foreign inject_runtime::get"),
        // A function is not a macro.
        ("service", "none"),
        ("super::get", "foreign log::get"),
    ] {
        assert_eq!(end(text, path, Namespace::Macro), expected, "{path}");
    }
    // No path leads to a module in a body.
    assert_eq!(end(text, "a::f", Namespace::Item), "none");
    let outside = text.replace("/*here*/ } } }", "} /*here*/ } }");
    assert_eq!(end(&outside, "routes", Namespace::Macro), "foreign log::routes");
    assert_eq!(end(&outside, "read", Namespace::Macro), "none");
    // Conditions hold in bodies, too.
    let absent = "mod user { fn f() { #[cfg(any())] use di::service; fn g() {} /*here*/ } }";
    assert_eq!(end(absent, "service", Namespace::Macro), "none");
}

#[test]
fn pub_use_is_followed_to_the_declaration() {
    let text = "mod a { mod b { pub struct C; } pub use b::C as D; } mod user { use super::a::D as E; pub use super::a::C as F; }";
    assert_eq!(end(text, "E", Namespace::Item), "item crate::a::b::C");
    assert_eq!(end(text, "F", Namespace::Item), "unknown crate::a::C");
    assert_eq!(end(text, "crate::a::b::C", Namespace::Item), "item crate::a::b::C");
}

#[test]
fn one_name_can_be_a_module_an_item_and_a_macro() {
    let text = "mod a { pub mod get { pub struct A; } pub fn get() {} pub use di::get; } mod user { use crate::a::get; mod service {} fn routes() {} use di::routes; }";
    assert_eq!(end(text, "get", Namespace::Macro), "foreign inject_runtime::get");
    assert_eq!(end(text, "get::A", Namespace::Item), "item crate::a::get::A");
    assert_eq!(end(text, "get", Namespace::Item), "item crate::a::get");
    assert_eq!(end(text, "service", Namespace::Macro), "none");
    assert_eq!(end(text, "routes", Namespace::Macro), "foreign inject_runtime::routes");
    // Two imports of one name, in two namespaces.
    for text in [
        "mod user { use log::get; use di::get; }",
        "mod user { use di::get; use log::get; }",
        "mod user { fn f() { use log::get; use di::get; /*here*/ } }",
        "mod a { pub use log::get; pub use di::get; } mod user { use crate::a::get; }",
    ] {
        assert_eq!(end(text, "get", Namespace::Macro), "foreign inject_runtime::get", "{text}");
        assert_eq!(end(text, "get", Namespace::Item), "foreign log::get", "{text}");
    }
}

#[test]
fn macro_rules_are_macros_and_exported_ones_are_in_the_root() {
    let text = "mod a { #[macro_export] macro_rules! service { () => {} } } mod user { use crate::service; macro_rules! get { () => {} } }";
    assert_eq!(end(text, "service", Namespace::Macro), "item crate::a::service");
    assert_eq!(end(text, "get", Namespace::Macro), "item crate::user::get");
}
