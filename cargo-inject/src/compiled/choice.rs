//! Choice of the container and of the function with the routes.

use super::{
    error::CompiledError,
    library::{ContainerName, ItemId, Kind, Library, LibraryItem},
};
use crate::nearest::nearest;

/// Options that choose a container and a function with routes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// `--container`
    pub(crate) container: Option<String>,
    /// `--routes`
    pub(crate) routes: Option<String>,
}

/// Items that the program asks, as paths from the root of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) container: Vec<String>,
    pub(super) routes: Option<Vec<String>>,
    /// Components that can be named.
    pub(super) components: Vec<Vec<String>>,
}

/// Chosen container.
pub(super) struct Container {
    pub(super) path: Vec<String>,
    pub(super) item: Option<ItemId>,
}

/// Item that can be chosen.
struct Candidate<'a> {
    id: ItemId,
    item: &'a LibraryItem,
    public: Option<&'a [String]>,
}

impl<'a> Candidate<'a> {
    fn all(library: &'a Library, is_one: impl Fn(&Kind) -> bool) -> Vec<Self> {
        let items = library.items().filter(|(_, item)| is_one(&item.kind));
        items.map(|(id, item)| Self { id, item, public: library.public_path(id) }).collect()
    }

    /// Path that can be written outside of the library.
    ///
    /// # Errors
    ///
    /// There is none.
    fn reached(&self, what: &'static str) -> Result<Vec<String>, CompiledError> {
        self.public.map(<[String]>::to_vec).ok_or_else(|| CompiledError::Unnameable {
            what,
            path: self.item.declared.clone(),
            place: self.item.place.clone(),
        })
    }

    /// Path to show: the public one if there is one.
    fn shown(&self) -> String {
        self.public.map_or_else(|| self.item.declared.clone(), |path| path.join("::"))
    }
}

/// Chooses the container: the one that is wanted, or the only one.
pub(super) fn container(
    library: &Library,
    wanted: Option<&str>,
    package: &str,
) -> Result<Container, CompiledError> {
    let is_one = |kind: &Kind| matches!(kind, Kind::Type { is_container: true, .. });
    let candidates = Candidate::all(library, is_one);
    let all: Vec<_> = candidates.iter().collect();
    let public: Vec<_> = candidates.iter().filter(|candidate| candidate.public.is_some()).collect();
    let chosen = match wanted {
        Some(wanted) => chosen(library, &candidates, wanted, package, "container", "--container")?,
        None => match (&public[..], &all[..]) {
            ([container], _) | ([], [container]) => *container,
            ([], []) => return Err(CompiledError::NoContainer { package: package.to_owned() }),
            ([], _) => return Err(several(&all, package, "containers", "--container")),
            _ => return Err(several(&public, package, "containers", "--container")),
        },
    };
    Ok(Container { path: chosen.reached("the container")?, item: Some(chosen.id) })
}

/// Chooses the function that returns the routes of `container`, if there is one: the wanted one, the only one, the only one that no other
/// one calls, or the only one of these that is called `routes`.
pub(super) fn routes(
    library: &Library,
    wanted: Option<&str>,
    container: &Container,
    package: &str,
) -> Result<Option<Vec<String>>, CompiledError> {
    let is_own = |named: &ContainerName| match (named, container.item) {
        (ContainerName::Item(item), Some(own)) => *item == own,
        (ContainerName::Item(_), None) => false,
        (ContainerName::Named(name), _) => Some(name) == container.path.last(),
    };
    let is_one = |kind: &Kind| matches!(kind, Kind::Routes { container, .. } if is_own(container));
    let candidates = Candidate::all(library, is_one);
    let what = "the function";
    if let Some(wanted) = wanted {
        let kind = "function without parameters that returns routes";
        return chosen(library, &candidates, wanted, package, kind, "--routes")?.reached(what).map(Some);
    }
    let outermost = outermost(&candidates);
    let public: Vec<_> = outermost.iter().copied().filter(|candidate| candidate.public.is_some()).collect();
    let preferred: Vec<_> =
        public.iter().copied().filter(|candidate| candidate.item.name == "routes").collect();
    match (&public[..], &preferred[..], &outermost[..]) {
        ([routes], ..) | (_, [routes], _) | ([], [], [routes]) => routes.reached(what).map(Some),
        ([], [], []) => Ok(None),
        ([], ..) => Err(several(&outermost, package, "functions for routes", "--routes")),
        _ => Err(several(&public, package, "functions for routes", "--routes")),
    }
}

/// Components that can be named from outside.
pub(super) fn components(library: &Library) -> Vec<Vec<String>> {
    let is_one = |kind: &Kind| matches!(kind, Kind::Type { is_component: true, .. });
    let candidates = Candidate::all(library, is_one);
    candidates.iter().filter_map(|candidate| candidate.public.map(<[String]>::to_vec)).collect()
}

/// Functions that no other one mentions.
fn outermost<'a, 'b>(candidates: &'b [Candidate<'a>]) -> Vec<&'b Candidate<'a>> {
    let mut mentioned = Vec::new();
    for candidate in candidates {
        let Kind::Routes { mentions, .. } = &candidate.item.kind else { continue };
        mentioned.extend(mentions.iter().filter(|other| **other != candidate.id));
    }
    candidates.iter().filter(|candidate| !mentioned.contains(&&candidate.id)).collect()
}

/// Candidate that `wanted` means: the end of its path is enough.
fn chosen<'a, 'b>(
    library: &Library,
    candidates: &'b [Candidate<'a>],
    wanted: &str,
    package: &str,
    what: &'static str,
    option: &'static str,
) -> Result<&'b Candidate<'a>, CompiledError> {
    let roots = ["crate::", &format!("{}::", library.name)];
    let path = roots.iter().find_map(|root| wanted.strip_prefix(root)).unwrap_or(wanted);
    let is_end_of = |whole: &str| whole == path || whole.ends_with(&format!("::{path}"));
    let matching: Vec<_> = candidates
        .iter()
        .filter(|candidate| is_end_of(&candidate.item.declared) || is_end_of(&candidate.shown()))
        .collect();
    let is_exact = |candidate: &&Candidate<'_>| candidate.item.declared == path || candidate.shown() == path;
    let exact: Vec<_> = matching.iter().copied().filter(is_exact).collect();
    match (&exact[..], &matching[..]) {
        ([one], _) | (_, [one]) => Ok(one),
        (_, []) => {
            let all: Vec<_> = candidates.iter().map(Candidate::shown).collect();
            Err(CompiledError::Unknown {
                package: package.to_owned(),
                what,
                wanted: wanted.to_owned(),
                nearest: nearest(path, all.iter().map(String::as_str)).map(str::to_owned),
                all,
            })
        }
        _ => Err(several(&matching, package, &format!("`{wanted}`"), option)),
    }
}

fn several(candidates: &[&Candidate<'_>], package: &str, what: &str, option: &'static str) -> CompiledError {
    let candidates =
        candidates.iter().map(|candidate| (candidate.shown(), candidate.item.place.clone())).collect();
    CompiledError::Several { package: package.to_owned(), what: what.to_owned(), option, candidates }
}
