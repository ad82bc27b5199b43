//! `use` lines of a module.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::expansion::format::Formatter;

/// Paths to import, by name.
#[derive(Default)]
pub(super) struct Imports(BTreeMap<String, Vec<String>>);

/// Tree of the names after each `::`.
#[derive(Default)]
struct Tree(BTreeMap<String, Tree>);

impl Imports {
    /// Imports `path` as `name`. Returns whether `name` stands for `path`, and not for another path that was imported before.
    pub(super) fn add(&mut self, name: &str, path: &[String]) -> bool {
        self.0.entry(name.to_owned()).or_insert_with(|| path.to_vec()) == path
    }

    /// Lines, one for each crate; none without imports.
    pub(super) fn lines(&self, formatter: &Formatter) -> Option<String> {
        let mut tree = Tree::default();
        for path in self.0.values() {
            path.iter().fold(&mut tree, |tree, name| tree.0.entry(name.clone()).or_default());
        }
        let lines: Vec<_> = tree.0.iter().map(|(krate, below)| below.line(krate, formatter)).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

impl Tree {
    fn line(&self, krate: &str, formatter: &Formatter) -> String {
        let written = format!("use {krate}{};", self.below());
        syn::parse_str(&written).map_or(written, |item| formatter.items(&[item]))
    }

    fn below(&self) -> String {
        let mut written = String::new();
        match self.0.len() {
            0 => return written,
            1 => written.push_str("::"),
            _ => written.push_str("::{"),
        }
        for (number, (name, below)) in self.0.iter().enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            _ = write!(written, "{comma}{name}{}", below.below());
        }
        if self.0.len() > 1 {
            written.push('}');
        }
        written
    }
}
