//! `cargo inject explain`, as it is run.

use std::process::Output;

use assert_cmd::Command;

fn explain(arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("cargo-inject").expect("it is built");
    command.args(["inject", "explain"]).args(arguments).output().expect("it runs")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_tag_is_read_as_messages_write_it() {
    let page = explain(&["layer"]);
    assert_eq!(page.status.code(), Some(0));
    for tag in ["inject/layer", "[inject/layer]"] {
        assert_eq!(explain(&[tag]), page, "{tag}");
    }
    let page = text(page.stdout);
    assert!(page.starts_with("`[inject/layer]`: a dependency points the wrong way\n"), "{page}");
    assert!(page.contains("\nTHE MISTAKE\n"), "{page}");
    assert!(!page.contains('\u{1b}'), "plain in a pipe");
}

#[test]
fn without_a_tag_all_are_listed() {
    let list = explain(&[]);
    assert_eq!(list.status.code(), Some(0));
    let list = text(list.stdout);
    assert!(
        list.contains("inject/by-value     a component that has to be waited for is taken by value\n"),
        "{list}"
    );
    assert_eq!(list.lines().filter(|line| line.starts_with("inject/")).count(), pages());
}

fn pages() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors");
    let names =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").file_name());
    names.filter(|name| name != "README.md").count()
}

#[test]
fn an_unknown_tag_is_refused_with_the_nearest() {
    for (tag, said) in [
        ("inject/leyer", "error: there is no tag `inject/leyer`: did you mean `inject/layer`?\n"),
        ("zzz", "error: there is no tag `zzz`: `cargo inject explain` lists them\n"),
    ] {
        let refused = explain(&[tag]);
        assert_eq!((refused.status.code(), text(refused.stderr)), (Some(2), said.to_owned()));
        assert!(refused.stdout.is_empty());
    }
}

#[test]
fn help_has_an_example() {
    let help = explain(&["--help"]);
    assert!(text(help.stdout).contains("Example: cargo inject explain inject/layer"));
}
