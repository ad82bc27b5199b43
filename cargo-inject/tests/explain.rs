//! `cargo inject explain`

use std::path::Path;

use cargo_inject::Run;

fn explain(arguments: &[&str]) -> Run {
    cargo_inject::run(Path::new("."), &[&["explain"], arguments].concat()).expect("a folder")
}

#[test]
fn a_tag_is_read_as_messages_write_it() {
    let page = explain(&["layer"]);
    assert_eq!(page.status, 0);
    for tag in ["inject/layer", "[inject/layer]"] {
        assert_eq!(explain(&[tag]).stdout, page.stdout, "{tag}");
    }
    let page = page.stdout;
    assert!(page.starts_with("`[inject/layer]`: a dependency points the wrong way\n"), "{page}");
    assert!(page.contains("\nTHE MISTAKE\n"), "{page}");
    assert!(!page.contains('\u{1b}'), "plain in a pipe");
}

#[test]
fn without_a_tag_all_tags_are_listed() {
    let list = explain(&[]);
    assert_eq!(list.status, 0);
    let list = list.stdout;
    assert!(list.contains("inject/by-value     a singleton is taken by value\n"), "{list}");
    assert_eq!(list.lines().filter(|line| line.starts_with("inject/")).count(), pages());
}

fn pages() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/pages");
    let names =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").file_name());
    names.filter(|name| name != "README.md").count()
}

#[test]
fn an_unknown_tag_is_refused_with_the_nearest() {
    for (tag, message) in [
        ("inject/leyer", "error: there is no tag `inject/leyer`: did you mean `inject/layer`?\n"),
        ("zzz", "error: there is no tag `zzz`: `cargo inject explain` lists them\n"),
    ] {
        let refused = explain(&[tag]);
        assert_eq!((refused.status, refused.stderr.as_str()), (2, message));
        assert!(refused.stdout.is_empty());
    }
}

#[test]
fn help_has_an_example() {
    let help = explain(&["--help"]);
    assert!(help.stdout.contains("Example: cargo inject explain inject/layer"));
}
