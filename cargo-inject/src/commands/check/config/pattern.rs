//! Patterns of paths: `services`, `features::*::api`, `**::dto`, `crate::repositories::*Row`.

use std::fmt;

/// Pattern of paths. It covers the paths that it matches, and everything below them.
///
/// `*` matches one segment, or any part of one; `**` matches any number of segments, also none. The patterns `crate` and `self` alone match
/// that module and nothing below it: otherwise they would be the same as `**`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    written: String,
    segments: Vec<Segment>,
    alone: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Many,
    /// Segment with at least one `*`.
    Glob(String),
    Literal(String),
}

/// Precision of a pattern: the number of segments, then the number of segments without `*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Precision {
    segments: usize,
    literals: usize,
}

/// Subject of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// Modules of the crate: `crate::` is optional.
    Modules,
    /// Paths that code uses: they begin with `crate`, or with the name of another crate.
    Uses,
    /// Paths below another module, which is `self`.
    Below,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The text describes the mistake.
    pub(crate) fn parse(written: &str, about: About) -> Result<Self, String> {
        let wrong = |why: &str| Err(format!("`{written}` is not a pattern of paths: {why}"));
        if written.trim() != written || written.is_empty() {
            return wrong("it is empty or has spaces around it");
        }
        let mut segments = Vec::new();
        for segment in written.split("::") {
            // As in a manifest, where the name of a crate may have hyphens.
            let segment = if segments.is_empty() && about == About::Uses {
                segment.replace('-', "_")
            } else {
                segment.to_owned()
            };
            let is_name = |text: &str| text.chars().all(|c| c == '_' || c.is_alphanumeric());
            segments.push(match &*segment {
                "**" => Segment::Many,
                "" => return wrong("segments are separated by `::`, and none of them is empty"),
                text if text.contains("**") => return wrong("`**` stands alone, between two `::`"),
                text if !text.split('*').all(is_name) => {
                    return wrong(
                        "segments consist of letters, digits, `_` and `*`, and `::` separates them",
                    );
                }
                text if text.contains('*') => Segment::Glob(segment),
                _ => Segment::Literal(segment),
            });
        }
        let begins_with =
            |name: &str| matches!(segments.first(), Some(Segment::Literal(first)) if first == name);
        let alone = match about {
            About::Modules if !begins_with("crate") => {
                segments.insert(0, Segment::Literal("crate".to_owned()));
                false
            }
            About::Modules => segments.len() == 1,
            About::Uses if matches!(segments.first(), Some(Segment::Many)) => {
                return wrong("name the crate: `crate::**` is this one");
            }
            About::Uses => segments.len() == 1 && begins_with("crate"),
            About::Below if begins_with("self") => {
                segments.remove(0);
                segments.is_empty()
            }
            About::Below => false,
        };
        Ok(Self { written: written.to_owned(), segments, alone })
    }

    /// Precision with which the pattern covers a path, if it covers it. The first `modules` segments are modules.
    pub(crate) fn covers(&self, path: &[String], modules: usize) -> Option<Precision> {
        let covers = if self.alone {
            let modules = &path[..modules.min(path.len())];
            modules.len() == self.segments.len() && matches_beginning(&self.segments, modules)
        } else {
            matches_beginning(&self.segments, path)
        };
        covers.then(|| self.precision())
    }

    /// Number of segments of the shortest beginning of the path that the pattern matches.
    pub(crate) fn beginning(&self, path: &[String]) -> Option<usize> {
        (0..=path.len()).find(|&end| matches_whole(&self.segments, &path[..end]))
    }

    /// Names at the beginning of the pattern, up to the first with a `*`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map_while(|segment| match segment {
            Segment::Literal(name) => Some(&**name),
            Segment::Glob(_) | Segment::Many => None,
        })
    }

    fn precision(&self) -> Precision {
        let count = |is: fn(&&Segment) -> bool| self.segments.iter().filter(is).count();
        Precision {
            segments: count(|segment| !matches!(segment, Segment::Many)),
            literals: count(|segment| matches!(segment, Segment::Literal(_))),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn matches_beginning(pattern: &[Segment], path: &[String]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, _) => true,
        (Some((Segment::Many, rest)), first) => {
            matches_beginning(rest, path) || first.is_some_and(|(_, path)| matches_beginning(pattern, path))
        }
        (Some((segment, rest)), Some((name, path))) => segment.is(name) && matches_beginning(rest, path),
        (Some(_), None) => false,
    }
}

fn matches_whole(pattern: &[Segment], path: &[String]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, first) => first.is_none(),
        (Some((Segment::Many, rest)), first) => {
            matches_whole(rest, path) || first.is_some_and(|(_, path)| matches_whole(pattern, path))
        }
        (Some((segment, rest)), Some((name, path))) => segment.is(name) && matches_whole(rest, path),
        (Some(_), None) => false,
    }
}

impl Segment {
    fn is(&self, name: &str) -> bool {
        match self {
            Self::Many => true,
            Self::Literal(literal) => literal == name,
            // `crate` is not the name of a crate: patterns of other crates do not cover it.
            Self::Glob(glob) => name != "crate" && is_like(glob, name),
        }
    }
}

/// Whether a name matches a glob, in which `*` stands for any text.
pub(crate) fn is_like(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).filter(|&at| rest.is_char_boundary(at)).any(|at| is_like(after, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, about: About, path: &str, modules: usize) -> bool {
        let path: Vec<_> = path.split("::").map(ToOwned::to_owned).collect();
        Pattern::parse(pattern, about).unwrap().covers(&path, modules).is_some()
    }

    #[test]
    fn a_pattern_covers_what_is_below() {
        for (pattern, path, expected) in [
            ("services", "crate::services", true),
            ("services", "crate::services::users::UserService", true),
            ("services", "crate::services_old", false),
            ("crate::services", "crate::services::users", true),
            ("features::*", "crate::features", false),
            ("features::*", "crate::features::users::api", true),
            ("**::dto", "crate::users::api::dto::User", true),
            ("**::dto", "crate::dto", true),
            ("**::dto", "crate::users::dtos", false),
            ("**", "crate::anything", true),
            ("services::**", "crate::services", true),
            ("services::*_old", "crate::services::users_old", true),
        ] {
            assert_eq!(covers(pattern, About::Modules, path, 2), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_crate_alone_is_its_root() {
        assert!(covers("crate", About::Modules, "crate", 1));
        assert!(covers("crate", About::Uses, "crate::Error", 1));
        assert!(!covers("crate", About::Uses, "crate::users", 2));
        assert!(covers("crate::**", About::Uses, "crate::users", 2));
        assert!(covers("self", About::Below, "Item", 0));
        assert!(!covers("self", About::Below, "inner::Item", 1));
    }

    #[test]
    fn other_crates_are_not_this_one() {
        assert!(covers("sqlx*", About::Uses, "sqlx_core::Error", 1));
        assert!(covers("sqlx-core", About::Uses, "sqlx_core::Error", 1));
        assert!(covers("*", About::Uses, "std::fmt", 1));
        assert!(!covers("*", About::Uses, "crate::users", 2));
    }

    #[test]
    fn the_more_precise_pattern_wins() {
        let precision = |pattern| Pattern::parse(pattern, About::Modules).unwrap().precision();
        assert!(precision("features::*::api") > precision("features::*"));
        assert!(precision("features::users") > precision("features::*"));
        assert!(precision("services") > precision("**"));
    }

    #[test]
    fn mistakes_are_described() {
        let error = |pattern, about| Pattern::parse(pattern, about).unwrap_err();
        assert!(error("a:b", About::Modules).contains("`::` separates them"));
        assert!(error("a::", About::Modules).contains("none of them is empty"));
        assert!(error("a**", About::Modules).contains("stands alone"));
        assert!(error("**::Row", About::Uses).contains("`crate::**` is this one"));
    }
}
