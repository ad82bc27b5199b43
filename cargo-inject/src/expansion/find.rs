//! Items and modules that a path on the command line means.

use std::{collections::BTreeSet, fmt};

use strsim::jaro_winkler;
use syn::{Attribute, Item, spanned::Spanned as _};

use super::{item::item_name, krate::Crate};
use crate::source::{ModulePath, SourceFile, attributes_of};

/// Item or module that a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FoundItem {
    /// Module, by its number in the crate.
    Module(usize),
    /// Items with this name in a module.
    Items { module: usize, name: String },
}

/// Error returned when a path does not mean exactly one item or module.
#[derive(Debug)]
pub(crate) enum NotFound {
    /// No path is equal; these are the most similar.
    Nothing { path: String, nearest: Vec<String> },
    /// Several paths end like this.
    Ambiguous { path: String, all: Vec<String> },
    /// A condition removes the item.
    Absent { name: String, location: String, condition: String },
    /// The item is written in the arguments of a macro call.
    InMacro { name: String, location: String },
}

impl std::error::Error for NotFound {}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing { path, nearest } if nearest.is_empty() => write!(
                f,
                "there is no `{path}` in the crate: give the path of an item or a module, as in `services::UserService`",
            ),
            Self::Nothing { path, nearest } => {
                write!(f, "there is no `{path}` in the crate; the nearest are{}", list(nearest))
            }
            Self::Ambiguous { path, all } => {
                write!(f, "`{path}` is ambiguous: give one of these paths{}", list(all))
            }
            Self::Absent { name, location, condition } => write!(
                f,
                "`{name}` ({location}) is under `{condition}`, which does not hold; `--features` turns features on",
            ),
            Self::InMacro { name, location } => write!(
                f,
                "`{name}` is written inside a macro call ({location}), where only the compiler sees it",
            ),
        }
    }
}

/// Paths below a message, one a line.
pub(crate) fn list(paths: &[String]) -> String {
    paths.iter().flat_map(|path| ["\n  ", path]).collect()
}

impl Crate<'_> {
    /// Finds the items or the module that `path` means, from the root of the crate or by the last names of the path.
    pub(crate) fn find(&self, path: &str) -> Result<Vec<FoundItem>, NotFound> {
        let written: Vec<_> = path.split("::").map(|name| name.trim().trim_start_matches("r#")).collect();
        let is_from_root = ["crate", &*self.name].contains(&written[0]);
        let names = if is_from_root { &written[1..] } else { &written[..] };
        let all = self.all();
        let exact: Vec<_> = all.iter().filter(|(of, _)| of.0 == names).collect();
        let matching = if exact.is_empty() && !is_from_root {
            all.iter().filter(|(of, _)| ends_with(of, names)).collect()
        } else {
            exact
        };
        let paths: BTreeSet<_> = matching.iter().map(|(of, _)| of.to_string()).collect();
        match paths.len() {
            0 => Err(self.absent(names).or_else(|| self.in_a_macro_call(names)).unwrap_or_else(|| {
                let nearest = nearest(all.iter().map(|(path, _)| path), names);
                NotFound::Nothing { path: path.to_owned(), nearest }
            })),
            1 => Ok(matching.into_iter().map(|(_, found)| found.clone()).collect()),
            _ => Err(NotFound::Ambiguous { path: path.to_owned(), all: paths.into_iter().collect() }),
        }
    }

    /// All modules and items with their paths, each once.
    fn all(&self) -> Vec<(ModulePath, FoundItem)> {
        let mut all = Vec::new();
        for (index, module) in self.modules.iter().enumerate() {
            all.push((module.path.clone(), FoundItem::Module(index)));
            let names: BTreeSet<_> =
                module.items().filter(|item| !matches!(item, Item::Mod(_))).filter_map(item_name).collect();
            all.extend(
                names
                    .into_iter()
                    .map(|name| (module.path.join(&*name), FoundItem::Items { module: index, name })),
            );
        }
        all
    }

    /// Finds an item or a module of the path that a condition removes.
    fn absent(&self, names: &[&str]) -> Option<NotFound> {
        for module in &self.modules {
            for item in module.written.iter().filter(|item| !module.conditions.hold(attributes_of(item))) {
                let Some(name) = item_name(item).filter(|name| names.contains(&&**name)) else { continue };
                let start = item.span().byte_range().start;
                let is_condition = |attribute: &&Attribute| {
                    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
                };
                let condition = attributes_of(item).iter().find(is_condition)?;
                return Some(NotFound::Absent {
                    name,
                    location: module.file.location(start).to_string(),
                    condition: module.file.text[condition.span().byte_range()].to_owned(),
                });
            }
        }
        None
    }

    fn in_a_macro_call(&self, names: &[&str]) -> Option<NotFound> {
        let name = *names.last()?;
        for module in &self.modules {
            for item in module.items() {
                let Item::Macro(call) = item else { continue };
                let tokens: Vec<_> =
                    call.mac.tokens.to_string().split_whitespace().map(str::to_owned).collect();
                let declares = |pair: &[String]| {
                    ["struct", "enum", "fn", "trait", "impl", "union"].contains(&&*pair[0]) && pair[1] == name
                };
                if tokens.windows(2).any(declares) {
                    let start = SourceFile::range(&call.mac.path).start;
                    let location = module.file.location(start).to_string();
                    return Some(NotFound::InMacro { name: name.to_owned(), location });
                }
            }
        }
        None
    }
}

fn ends_with(path: &ModulePath, names: &[&str]) -> bool {
    let start = path.0.len().checked_sub(names.len());
    start.is_some_and(|start| path.0[start..] == *names)
}

/// Paths that are most similar to the one that was given.
fn nearest<'a>(all: impl Iterator<Item = &'a ModulePath>, names: &[&str]) -> Vec<String> {
    let wanted = names.join("::");
    let likeness = |path: &ModulePath| {
        let last = |names: &[_]| names.last().map(ToString::to_string).unwrap_or_default();
        let by_last = jaro_winkler(&last(&path.0), names.last().unwrap_or(&""));
        jaro_winkler(&path.0.join("::"), &wanted).max(by_last)
    };
    let mut scored: Vec<_> =
        all.map(|entry| (likeness(entry), entry)).filter(|entry| entry.0 > 0.7).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(5).map(|entry| entry.1.to_string()).collect()
}
