//! Trees of modules, of crates in a temporary folder.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::*;

/// Folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn target(folder: &Path, features: &[&str]) -> Target {
    let features = features.iter().copied().map(str::to_owned);
    Target {
        name: "shop".to_owned(),
        is_library: true,
        root: folder.join("lib.rs"),
        conditions: Conditions::of_host(folder, features),
        here: folder.to_owned(),
    }
}

/// Modules with their files, by both ways of reading.
fn modules(folder: &Path, features: &[&str]) -> Vec<String> {
    let target = target(folder, features);
    let shown = |module: &Module<'_>| {
        let file = module.file.path.strip_prefix(folder).unwrap();
        format!("{} in {}", module.path, file.display())
    };
    let walked = walk(&target, shown).unwrap();
    let tree = Tree::load(target).unwrap();
    let loaded: Vec<_> = tree.modules().iter().map(shown).collect();
    assert_eq!(walked, loaded);
    walked
}

#[test]
fn modules_are_where_rustc_looks_for_them() {
    let folder = folder(&[
        (
            "lib.rs",
            "mod b; mod a; mod inline { mod deep; #[path = \"other.rs\"] mod o; } #[path = \"t\"] mod thread { mod local; }",
        ),
        ("a.rs", "mod inner { mod c; } mod below; #[path = \"odd/name.rs\"] mod named;"),
        ("a/inner/c.rs", ""),
        ("a/below.rs", ""),
        ("odd/name.rs", "mod sibling;"),
        ("odd/sibling/mod.rs", "mod r#async;"),
        ("odd/sibling/async.rs", ""),
        ("b/mod.rs", "mod d;"),
        ("b/d.rs", ""),
        ("inline/deep.rs", ""),
        ("inline/other.rs", ""),
        ("t/local.rs", ""),
    ]);
    assert_eq!(
        modules(folder.path(), &[]),
        [
            "crate in lib.rs",
            "crate::b in b/mod.rs",
            "crate::b::d in b/d.rs",
            "crate::a in a.rs",
            "crate::a::inner in a.rs",
            "crate::a::inner::c in a/inner/c.rs",
            "crate::a::below in a/below.rs",
            "crate::a::named in odd/name.rs",
            "crate::a::named::sibling in odd/sibling/mod.rs",
            "crate::a::named::sibling::async in odd/sibling/async.rs",
            "crate::inline in lib.rs",
            "crate::inline::deep in inline/deep.rs",
            "crate::inline::o in inline/other.rs",
            "crate::thread in lib.rs",
            "crate::thread::local in t/local.rs",
        ]
    );
}

#[test]
fn conditions_decide_which_modules_there_are() {
    let folder = folder(&[
        (
            "lib.rs",
            "#[cfg(test)] mod tests; #[cfg(feature = \"search\")] mod search; mod later;\n\
             #[cfg_attr(feature = \"search\", path = \"fast.rs\")] #[cfg_attr(not(feature = \"search\"), path = \"slow.rs\")] mod index;",
        ),
        ("search.rs", "#[cfg(not(feature = \"search\"))] mod never { mod nowhere; }"),
        ("fast.rs", ""),
        ("slow.rs", ""),
        ("later.rs", "#![cfg(feature = \"search\")]\nmod more;"),
        ("later/more.rs", ""),
    ]);
    assert_eq!(modules(folder.path(), &[]), ["crate in lib.rs", "crate::index in slow.rs"]);
    assert_eq!(
        modules(folder.path(), &["search"]),
        [
            "crate in lib.rs",
            "crate::search in search.rs",
            "crate::later in later.rs",
            "crate::later::more in later/more.rs",
            "crate::index in fast.rs",
        ]
    );
    let cfgs = walk(&target(folder.path(), &["search"]), |module| module.cfg.join(", ")).unwrap();
    assert_eq!(cfgs[3], "feature = \"search\"");
}

#[test]
fn all_problems_are_reported_at_once() {
    let folder = folder(&[
        ("lib.rs", "mod nowhere;\nmod twice;\nmod bad;\n#[path = \"gone.rs\"] mod named;\nmod round;"),
        ("twice.rs", ""),
        ("twice/mod.rs", ""),
        ("bad.rs", "fn f() {\n    let x =;\n}"),
        ("round.rs", "#[path = \"lib.rs\"] mod again;"),
    ]);
    let target = target(folder.path(), &[]);
    let problems = walk(&target, |_| ()).unwrap_err();
    let text = anstream::adapter::strip_str(&problems.rendered()).to_string();
    insta::assert_snapshot!(text, @r#"
    error: no file for the module `nowhere`
     --> lib.rs:1:5
      |
    1 | mod nowhere;
      |     ^^^^^^^
      |
      = help: rustc looks for it at `nowhere.rs` and at `nowhere/mod.rs`

    error: two files for the module `twice`
     --> lib.rs:2:5
      |
    2 | mod twice;
      |     ^^^^^
      |
      = help: keep one of `twice.rs` and `twice/mod.rs`

    error: no file for the module `named`
     --> lib.rs:4:25
      |
    4 | #[path = "gone.rs"] mod named;
      |                         ^^^^^
      |
      = help: `#[path]` points to `gone.rs`

    error: expected an expression
     --> bad.rs:2:12
      |
    2 |     let x =;
      |            ^

    error: this module contains itself
     --> round.rs:1:24
      |
    1 | #[path = "lib.rs"] mod again;
      |                        ^^^^^
    "#);
    let loaded = Tree::load(target).err().unwrap();
    assert_eq!(loaded.0.len(), problems.0.len());
}
