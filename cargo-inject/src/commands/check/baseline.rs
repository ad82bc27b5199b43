//! The violations that are known, and put up with for a while: a file that is committed, and that only ever shrinks.

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
    source::{Problem, Problems, SourceFile},
};

/// Its name, beside the manifest.
pub(crate) const FILE: &str = "inject-baseline.toml";

const HEADER: &str = "\
# Violations of the rules in Cargo.toml that were there before the rules, or are put up with for a while.
# `cargo inject check` fails on any that is not listed here, and on any entry that is not true any more.
# `cargo inject check --update-baseline` writes this file.
";

/// The file, as it is.
pub(crate) struct Baseline {
    path: PathBuf,
    file: Option<Arc<SourceFile>>,
    known: BTreeMap<Key, Range<usize>>,
}

/// What is to be said about each finding.
pub(crate) struct Compared {
    /// What fails.
    pub(crate) new: Vec<Finding>,
    /// What does not.
    pub(crate) known: Vec<Finding>,
}

/// What writing the file has changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) added: usize,
    pub(crate) removed: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    known: Vec<Spanned<Key>>,
}

impl Baseline {
    /// Reads the file in the folder of a package: where there is none, nothing is known.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not what `--update-baseline` writes.
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, file: None, known: BTreeMap::new() });
            }
            Err(error) => return Err(Error::at(path)(error)),
        };
        let written = toml::from_str::<Written>(&text);
        let file = Arc::new(SourceFile { path: path.clone(), text });
        match written {
            Ok(written) => {
                let known =
                    written.known.into_iter().map(|entry| (entry.get_ref().clone(), entry.span())).collect();
                Ok(Self { path, file: Some(file), known })
            }
            Err(error) => {
                let problem = Problem::at(&file, error.span().unwrap_or_default(), error.message());
                Err(Problems(vec![problem.help("`--update-baseline` writes it anew")]).into())
            }
        }
    }

    /// Tells what is known from what is new; what is listed and not there any more is new, too.
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

    /// Writes the file, so that these findings are known and nothing else. Where there are none, there is no file.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(crate) fn write(&self, findings: &[Finding]) -> Result<Change, Error> {
        let keys: BTreeSet<_> =
            findings.iter().filter(|finding| finding.can_be_known).map(|finding| &finding.key).collect();
        let added = keys.iter().filter(|key| !self.known.contains_key(key)).count();
        let removed = self.known.keys().filter(|key| !keys.contains(key)).count();
        if keys.is_empty() {
            if self.file.is_some() {
                fs::remove_file(&self.path).map_err(Error::at(&self.path))?;
            }
        } else {
            fs::write(&self.path, text(&keys)).map_err(Error::at(&self.path))?;
        }
        Ok(Change { added, removed })
    }
}

/// One line for each, so that they can be merged.
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
        reason: "what is listed and not there could come back without anybody noticing".to_owned(),
        message: format!("`{}` does not break `{}` with `{}` any more", known.module, known.rule, known.path),
        label: None,
        help: format!("remove the line from {FILE}: `cargo inject check --update-baseline` does"),
        places: vec![place],
        can_be_known: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let key = |rule: &str, path: &str| Key {
            rule: rule.to_owned(),
            module: "crate::a (bin b)".to_owned(),
            path: path.to_owned(),
        };
        let (one, other) = (key("layers", "crate::x::Y"), key("names *\"", "Z"));
        let text = text(&[&other, &one].into());
        let read: Vec<_> =
            toml::from_str::<Written>(&text).unwrap().known.into_iter().map(Spanned::into_inner).collect();
        assert_eq!(read, [one, other]);
        assert_eq!(text.lines().filter(|line| line.starts_with("    {")).count(), 2);
    }
}
