//! Baseline: a committed file with the known violations, which do not fail the check.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;
use toml::Spanned;

use super::{
    config::ids,
    finding::{Finding, Key, Place},
};
use crate::{
    error::Error,
    file_error::FileError,
    source::{Problem, Problems, SourceFile},
};

/// Name of the file, beside the manifest.
pub(crate) const FILE: &str = "inject-baseline.toml";

const HEADER: &str = "\
# Known violations of the rules in Cargo.toml: older than the rules, or accepted for a while.
# `cargo inject check` fails on a violation that is not listed here, and on an entry without a violation.
# `cargo inject check --update-baseline` writes this file.
";

/// Baseline of a package.
pub(crate) struct Baseline {
    path: PathBuf,
    file: Option<Arc<SourceFile>>,
    known: BTreeMap<Key, Range<usize>>,
}

/// Findings, compared with the baseline.
pub(crate) struct Compared {
    /// Findings that fail the check.
    pub(crate) new: Vec<Finding>,
    /// Findings that do not fail the check.
    pub(crate) known: Vec<Finding>,
}

/// Difference that writing the file makes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) added: usize,
    pub(crate) removed: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineFile {
    known: Vec<Spanned<Key>>,
}

impl Baseline {
    /// Reads the file in the folder of a package. Without a file, no violation is known.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or does not have the form that `--update-baseline` writes.
    pub(crate) fn read(folder: &Path, here: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, file: None, known: BTreeMap::new() });
            }
            Err(error) => return Err(FileError::at(path)(error).into()),
        };
        let written = toml::from_str::<BaselineFile>(&text);
        let file = SourceFile::new(&path, text, here);
        match written {
            Ok(written) => {
                let known =
                    written.known.into_iter().map(|entry| (entry.get_ref().clone(), entry.span())).collect();
                Ok(Self { path, file: Some(file), known })
            }
            Err(error) => {
                let problem = Problem::at(&file, error.span().unwrap_or_default(), error.message());
                Err(Problems(vec![problem.help("`--update-baseline` writes the file again")]).into())
            }
        }
    }

    /// Separates known findings from new ones. An entry without a violation is a new finding.
    pub(crate) fn compare(&self, findings: Vec<Finding>) -> Compared {
        let found: BTreeSet<_> = findings.iter().map(|finding| finding.key.clone()).collect();
        let is_known = |finding: &Finding| finding.can_be_known && self.known.contains_key(&finding.key);
        let (known, mut new): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_known);
        if let Some(file) = &self.file {
            let gone = self.known.iter().filter(|(key, _)| !found.contains(key));
            new.extend(
                gone.map(|(key, range)| stale(key, Place { file: file.clone(), range: range.clone() })),
            );
        }
        Compared { new, known }
    }

    /// Writes the file, so that exactly these findings are known. Without findings, the file is removed.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn write(&self, findings: &[Finding]) -> Result<Change, Error> {
        let keys: BTreeSet<_> =
            findings.iter().filter(|finding| finding.can_be_known).map(|finding| &finding.key).collect();
        let added = keys.iter().filter(|key| !self.known.contains_key(key)).count();
        let removed = self.known.keys().filter(|key| !keys.contains(key)).count();
        if keys.is_empty() {
            if self.file.is_some() {
                fs::remove_file(&self.path).map_err(FileError::at(&self.path))?;
            }
        } else {
            fs::write(&self.path, text(&keys)).map_err(FileError::at(&self.path))?;
        }
        Ok(Change { added, removed })
    }
}

/// Text with one line for each key, so that the file can be merged.
fn text(keys: &BTreeSet<&Key>) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut text = format!("{HEADER}known = [\n");
    for Key { rule, module, path } in keys {
        let (rule, module, path) = (quoted(rule), quoted(module), quoted(path));
        text.extend(["    { rule = ", &*rule, ", module = ", &module, ", path = ", &path, " },\n"]);
    }
    text + "]\n"
}

fn stale(known: &Key, place: Place) -> Finding {
    Finding {
        key: Key { rule: ids::STALE.to_owned(), module: known.module.clone(), path: known.path.clone() },
        reason: "a listed violation could come back unnoticed".to_owned(),
        message: format!("`{}` no longer breaks `{}` with `{}`", known.module, known.rule, known.path),
        label: None,
        help: format!("remove the line from {FILE}, or run `cargo inject check --update-baseline`"),
        places: vec![place],
        can_be_known: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_file_can_be_read() {
        let key = |rule: &str, path: &str| Key {
            rule: rule.to_owned(),
            module: "crate::a (bin b)".to_owned(),
            path: path.to_owned(),
        };
        let (one, other) = (key("layers", "crate::x::Y"), key("names *\"", "Z"));
        let text = text(&[&other, &one].into());
        let read: Vec<_> = toml::from_str::<BaselineFile>(&text)
            .unwrap()
            .known
            .into_iter()
            .map(Spanned::into_inner)
            .collect();
        assert_eq!(read, [one, other]);
        assert_eq!(text.lines().filter(|line| line.starts_with("    {")).count(), 2);
    }
}
