//! Attributes that are macros of the runtime, and others.

use std::fs;

use crate::{
    sample::{fixture, inject, workspace},
    stdout,
};

#[test]
fn attributes_are_known_by_what_they_name() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().to_str().unwrap();
    assert_eq!(inject(&fixture("names"), &["expand", "--save", saved]).status, 0);
    let mut found = Vec::new();
    for file in fs::read_dir(folder.path()).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let headings = text.lines().filter_map(|line| line.strip_prefix("// crate::"));
        found.extend(headings.map(str::to_owned));
    }
    found.sort();
    assert_eq!(
        found,
        [
            "by_extern_crate::Ours: #[ir::in_layer(ir::layer::Common, crate = wiring)]",
            "full_path::Ours: #[wiring::service(crate = wiring)]",
            "full_path::OursByReexport: #[crate::own::di::service(crate = wiring)]",
            "full_path::OursToo: #[::wiring::service(crate = wiring)]",
            "glob::Ours: #[repository(crate = wiring)]",
            "glob::ours: #[read(\"/\", public, crate = wiring)]",
            "nested::OursUnderCondition: #[wiring::service(crate = wiring)]",
            "nested::body: all![crate = wiring; super::glob::ours]",
            "renamed::Ours: #[component(crate = wiring)]",
            "renamed::OursByCrate: #[di::service(crate = wiring)]",
            "renamed::OursByDerive: #[derive(Problem)]",
        ]
    );
}

#[test]
fn other_attributes_stay() {
    let foreign = fixture("names").join("src/lib.rs");
    let source = fs::read_to_string(foreign).unwrap();
    let module =
        |text: &str| text[text.find("mod foreign").unwrap()..text.find("mod by_extern").unwrap()].to_owned();
    assert_eq!(module(&stdout(&fixture("names"), &["expand"])), module(&source));
    // A condition adds a macro of the runtime, and another attribute that stays.
    let conditional = stdout(&fixture("names"), &["expand", "OursUnderCondition"]);
    assert!(conditional.starts_with("#[derive(Clone)]\nstruct OursUnderCondition;\n"), "{conditional}");
}

#[test]
fn functions_and_macro_calls_of_the_same_name_stay() {
    let expansion = stdout(&fixture("shop"), &["expand", "web"]);
    assert!(expansion.contains(r#"Router::new().route("/audit", get(audit))"#));
    assert!(expansion.contains("    #[get(\"/generated\", public)]\n    pub async fn generated() {}\n"));
    // The attribute above that of the endpoint belongs to it, and the attribute that marks it as used is removed.
    assert!(expansion.contains("\n// #[inject_runtime::route(DELETE, \"/items\")]\n"));
    assert!(expansion.contains("        async fn body(_till: Till) {}\n"));
    assert!(!expansion.contains("__mentioned") && !expansion.contains("__require_role"));
}

#[test]
fn macro_use_is_for_the_whole_crate() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = fs::read_to_string(fixture("unparsable").join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("../../../../..", workspace().to_str().unwrap());
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    let source =
        "#[macro_use]\nextern crate inject_runtime;\n\nmod inner {\n    #[service]\n    struct Ours;\n}\n";
    fs::write(folder.path().join("src/lib.rs"), source).unwrap();
    assert!(stdout(folder.path(), &["expand", "inner"]).contains("    impl Ours {\n"));
}
