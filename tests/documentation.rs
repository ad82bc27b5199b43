//! The pages on errors and those under `docs` agree with the code: every tag has its page, every message that they quote is one that rustc prints.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below `folder` that end in `.extension`.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The `tag`s of the `[inject/tag]`s in `text`.
fn tags(text: &str) -> BTreeSet<String> {
    let after = text.split("[inject/").skip(1);
    let tags = after.filter_map(|after| after.split_once(']')).map(|(tag, _)| tag);
    tags.filter(|tag| tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        .map(str::to_owned)
        .collect()
}

/// The pages on errors, by tag.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for path in files(&root().join("cargo-inject/pages"), "md") {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        if name != "README" {
            pages.insert(name, read(&path));
        }
    }
    pages
}

/// The code blocks of `page` whose info string is `info`, as lines.
fn blocks<'a>(page: &'a str, info: &str) -> Vec<Vec<&'a str>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(found) = line.strip_prefix("```") {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            if found == info {
                blocks.push(block);
            }
        }
    }
    blocks
}

#[test]
fn every_tag_has_a_page_and_every_page_a_tag() {
    let mut in_messages = BTreeSet::new();
    for folder in ["inject-codegen/src", "inject-runtime/src"] {
        for path in files(&root().join(folder), "rs") {
            in_messages.extend(tags(&read(&path)));
        }
    }
    assert_eq!(in_messages, pages().into_keys().collect());
}

#[test]
fn every_page_is_complete_indexed_and_tested() {
    let index = read(&root().join("cargo-inject/pages/README.md"));
    let tested = read(&root().join("tests/lib.rs"));
    for (tag, page) in pages() {
        assert!(page.starts_with(&format!("# `[inject/{tag}]`: ")), "the title of {tag}.md");
        for info in ["text", "rust,compile_fail", "rust"] {
            assert!(!blocks(&page, info).is_empty(), "{tag}.md has no block of ```{info}");
        }
        assert!(index.contains(&format!("[`[inject/{tag}]`]({tag}.md)")), "the index has no {tag}.md");
        assert!(
            tested.contains(&format!("include_str!(\"../cargo-inject/pages/{tag}.md\")")),
            "tests/lib.rs has no {tag}.md"
        );
    }
}

/// A quotation leaves lines out and changes none.
#[test]
fn every_quoted_message_is_one_that_rustc_prints() {
    let messages: Vec<_> = files(&root().join("tests/ui"), "stderr").iter().map(|path| read(path)).collect();
    for (tag, page) in pages() {
        for quotation in blocks(&page, "text") {
            let is_quoted_from = |message: &String| {
                let mut printed = message.lines();
                quotation.iter().all(|line| printed.any(|printed| printed.trim_end() == line.trim_end()))
            };
            assert!(
                messages.iter().any(is_quoted_from),
                "no case under tests/ui prints what {tag}.md quotes:\n{}",
                quotation.join("\n"),
            );
        }
    }
}

/// Links between the pages; those to elsewhere are not followed.
#[test]
fn every_link_between_pages_leads_somewhere() {
    let folders = ["docs", "cargo-inject/pages"];
    for path in folders.iter().flat_map(|folder| files(&root().join(folder), "md")) {
        let page = read(&path);
        for link in page.split("](").skip(1).filter_map(|after| after.split_once(')')).map(|(link, _)| link) {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let target = path.parent().expect("a file is in a folder").join(file);
            assert!(target.exists(), "{} links to {link}", path.display());
        }
    }
}
