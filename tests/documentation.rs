//! The pages of the documentation are correct: each tag has a page, rustc prints each quoted message, and
//! each link has a target.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use inject_tests::ERROR_PAGES;

/// Returns the folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the files below `folder` with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Returns each `tag` of an `[inject/tag]` in `text`.
fn tags(text: &str) -> BTreeSet<String> {
    let after = text.split("[inject/").skip(1);
    let tags = after.filter_map(|after| after.split_once(']')).map(|(tag, _)| tag);
    tags.filter(|tag| tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        .map(str::to_owned)
        .collect()
}

/// Returns the pages on errors by tag.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for path in files(&root().join(ERROR_PAGES), "md") {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        if name != "README" {
            pages.insert(name, read(&path));
        }
    }
    pages
}

/// Returns the lines of each code block of `page` whose info string is `info`.
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
    let index = read(&root().join(ERROR_PAGES).join("README.md"));
    let tested = read(&root().join("tests/lib.rs"));
    for (tag, page) in pages() {
        assert!(page.starts_with(&format!("# `[inject/{tag}]`: ")), "the title of {tag}.md");
        for info in ["text", "rust,compile_fail", "rust"] {
            assert!(!blocks(&page, info).is_empty(), "{tag}.md has no block of ```{info}");
        }
        assert!(index.contains(&format!("[`[inject/{tag}]`]({tag}.md)")), "the index has no {tag}.md");
        assert!(tested.contains(&format!("\"{tag}.md\"")), "tests/lib.rs has no {tag}.md");
    }
}

/// A quotation may omit lines, and does not change any. `INJECT_BLESS=1` updates the places in quotations:
/// file names, line numbers and carets.
#[test]
fn rustc_prints_every_quoted_message() {
    let messages: Vec<_> = files(&root().join("tests/ui"), "stderr").iter().map(|path| read(path)).collect();
    let accept = env::var_os("INJECT_BLESS").is_some();
    let mut unknown = Vec::new();
    for (tag, page) in pages() {
        let mut updated = page.clone();
        for quotation in blocks(&page, "text") {
            let exact = |line: &str| line.trim_end().to_owned();
            if messages.iter().any(|message| quoted_lines(&quotation, message, exact).is_some()) {
                continue;
            }
            let quoted = quotation.join("\n");
            let lines_of = |message| quoted_lines(&quotation, message, without_place);
            let mut sources: Vec<_> = messages.iter().filter_map(|message| lines_of(message)).collect();
            if sources.len() > 1 {
                sources.retain(|lines| file_of(lines) == file_of(&quotation));
            }
            match &sources[..] {
                [lines] if accept => updated = updated.replace(&quoted, &lines.join("\n")),
                _ => unknown.push(format!("{tag}.md:\n{quoted}")),
            }
        }
        if updated != page {
            let path = root().join(ERROR_PAGES).join(tag).with_extension("md");
            fs::write(path, updated).expect("the pages are writable");
        }
    }
    assert!(unknown.is_empty(), "no case under tests/ui prints\n{}", unknown.join("\n\n"));
}

/// Returns the lines of `message` that `quotation` quotes, if all of its lines are in there in order. Lines
/// are equal if `key` is.
fn quoted_lines<'a>(
    quotation: &[&str],
    message: &'a str,
    key: impl Fn(&str) -> String,
) -> Option<Vec<&'a str>> {
    let mut printed = message.lines();
    quotation.iter().map(|line| printed.find(|printed| key(printed) == key(line))).collect()
}

/// Returns the file name in a message.
fn file_of<'a>(lines: &[&'a str]) -> Option<&'a str> {
    lines.iter().find_map(|line| line.split_once("--> ")?.1.split(':').next())
}

/// Returns a line of a message without file name, line numbers and lengths of underlines.
fn without_place(line: &str) -> String {
    let text = line.trim_end().trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    if text.starts_with("-->") {
        return "-->".to_owned();
    }
    let mut chars: Vec<_> = text.chars().collect();
    chars.dedup_by(|next, previous| next == previous && "^- ".contains(*next));
    chars.into_iter().collect()
}

/// Links to other sites are not checked.
#[test]
fn every_link_to_a_file_has_its_target() {
    let folders = BTreeSet::from(["docs", ERROR_PAGES]);
    let pages: BTreeSet<_> = folders.iter().flat_map(|folder| files(&root().join(folder), "md")).collect();
    for path in pages {
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
