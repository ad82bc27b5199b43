//! Which container is asked for its graph, and which function for its routes.

use super::{
    library::{Found, Library},
    written::{Kind, Named},
};
use crate::{error::Error, nearest::nearest};

/// What the user said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// `--container`
    pub(crate) container: Option<String>,
    /// `--routes`
    pub(crate) routes: Option<String>,
}

/// What is asked, as paths from the root of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) container: Vec<String>,
    pub(super) routes: Option<Vec<String>>,
    /// Components that can be named.
    pub(super) components: Vec<Vec<String>>,
}

/// One of the things that could be meant.
struct Candidate<'a> {
    found: Found,
    named: &'a Named,
    /// `app::App`, as it is declared.
    declared: String,
    public: Option<&'a [String]>,
}

impl<'a> Candidate<'a> {
    fn all(library: &'a Library, is_one: impl Fn(&Kind) -> bool) -> Vec<Self> {
        let items = library.items().filter(|(_, named)| is_one(&named.kind));
        items
            .map(|(found, named)| Self {
                found,
                named,
                declared: library.declared_path(found).join("::"),
                public: library.public_path(found),
            })
            .collect()
    }

    /// The path that can be written outside of the library, or what to do about it.
    fn reached(&self, what: &str) -> Result<Vec<String>, Error> {
        self.public.map(<[String]>::to_vec).ok_or_else(|| {
            Error::Message(format!(
                "{what} `{}` ({}) cannot be named from outside of its crate: make it `pub`, and each module on the way to it, or re-export it with `pub use`",
                self.declared, self.named.place,
            ))
        })
    }

    /// The path to show: the public one, where there is one.
    fn shown(&self) -> String {
        self.public.map_or_else(|| self.declared.clone(), |path| path.join("::"))
    }
}

/// The container: the one that is wanted, or the only one.
pub(super) fn container(
    library: &Library,
    wanted: Option<&str>,
    package: &str,
) -> Result<Vec<String>, Error> {
    let is_one = |kind: &Kind| matches!(kind, Kind::Type { is_container: true, .. });
    let candidates = Candidate::all(library, is_one);
    let all: Vec<_> = candidates.iter().collect();
    let what = "the container";
    if let Some(wanted) = wanted {
        return chosen(library, &candidates, wanted, package, "container", "--container")?.reached(what);
    }
    let public: Vec<_> = candidates.iter().filter(|candidate| candidate.public.is_some()).collect();
    match (&public[..], &all[..]) {
        ([container], _) | ([], [container]) => container.reached(what),
        ([], []) => Err(Error::Message(format!(
            "`{package}` has no container: no struct of its library is under `#[container]`"
        ))),
        ([], _) => Err(several(&all, package, "containers", "--container")),
        _ => Err(several(&public, package, "containers", "--container")),
    }
}

/// The function that returns the routes of `container`, if there is one: the one that is wanted; or the only one, the only one that no other
/// one calls, the only one of them that is called `routes`.
pub(super) fn routes(
    library: &Library,
    wanted: Option<&str>,
    container: &[String],
    package: &str,
) -> Result<Option<Vec<String>>, Error> {
    let own = container.last();
    let is_one = |kind: &Kind| matches!(kind, Kind::Routes { container, .. } if Some(container) == own);
    let candidates = Candidate::all(library, is_one);
    let what = "the function";
    if let Some(wanted) = wanted {
        let chosen =
            chosen(library, &candidates, wanted, package, "function from nothing to routes", "--routes")?;
        return chosen.reached(what).map(Some);
    }
    let outermost = outermost(library, &candidates);
    let public: Vec<_> = outermost.iter().copied().filter(|candidate| candidate.public.is_some()).collect();
    let preferred: Vec<_> =
        public.iter().copied().filter(|candidate| candidate.named.name == "routes").collect();
    match (&public[..], &preferred[..], &outermost[..]) {
        ([routes], ..) | (_, [routes], _) | ([], [], [routes]) => routes.reached(what).map(Some),
        ([], [], []) => Ok(None),
        ([], ..) => Err(several(&outermost, package, "functions for routes", "--routes")),
        _ => Err(several(&public, package, "functions for routes", "--routes")),
    }
}

/// The components that can be named from outside.
pub(super) fn components(library: &Library) -> Vec<Vec<String>> {
    let is_one = |kind: &Kind| matches!(kind, Kind::Type { is_component: true, .. });
    Candidate::all(library, is_one)
        .iter()
        .filter_map(|candidate| candidate.public.map(<[String]>::to_vec))
        .collect()
}

/// Those that no other one mentions.
fn outermost<'a, 'b>(library: &Library, candidates: &'b [Candidate<'a>]) -> Vec<&'b Candidate<'a>> {
    let mut mentioned = Vec::new();
    for candidate in candidates {
        let Kind::Routes { mentions, .. } = &candidate.named.kind else { continue };
        let found = mentions.iter().flat_map(|path| library.resolved(candidate.found, path));
        mentioned.extend(found.filter(|other| *other != candidate.found));
    }
    candidates.iter().filter(|candidate| !mentioned.contains(&candidate.found)).collect()
}

/// The candidate that `wanted` means: the end of its path is enough.
fn chosen<'a, 'b>(
    library: &Library,
    candidates: &'b [Candidate<'a>],
    wanted: &str,
    package: &str,
    what: &str,
    option: &str,
) -> Result<&'b Candidate<'a>, Error> {
    let roots = ["crate::", &format!("{}::", library.name)];
    let path = roots.iter().find_map(|root| wanted.strip_prefix(root)).unwrap_or(wanted);
    let is_end_of = |whole: &str| whole == path || whole.ends_with(&format!("::{path}"));
    let matching: Vec<_> = candidates
        .iter()
        .filter(|candidate| is_end_of(&candidate.declared) || is_end_of(&candidate.shown()))
        .collect();
    let exact: Vec<_> = matching
        .iter()
        .copied()
        .filter(|candidate| candidate.declared == path || candidate.shown() == path)
        .collect();
    match (&exact[..], &matching[..]) {
        ([one], _) | (_, [one]) => Ok(one),
        (_, []) => {
            let paths: Vec<_> = candidates.iter().map(Candidate::shown).collect();
            let rest = match (nearest(path, paths.iter().map(String::as_str)), &paths[..]) {
                (Some(nearest), _) => format!(": did you mean `{nearest}`?"),
                (None, []) => String::new(),
                (None, paths) => format!(", but `{}`", paths.join("`, `")),
            };
            Err(Error::Message(format!("`{package}` has no {what} `{wanted}`{rest}")))
        }
        _ => Err(several(&matching, package, &format!("`{wanted}`"), option)),
    }
}

fn several(candidates: &[&Candidate<'_>], package: &str, what: &str, option: &str) -> Error {
    let paths: Vec<_> = candidates.iter().map(|candidate| candidate.shown()).collect();
    let width = paths.iter().map(String::len).max().unwrap_or_default();
    let lines = paths
        .iter()
        .zip(candidates)
        .map(|(path, candidate)| format!("\n  {path:width$}  {}", candidate.named.place));
    Error::Message(format!(
        "`{package}` has several {what}: say which with `{option} PATH`{}",
        lines.collect::<String>()
    ))
}
