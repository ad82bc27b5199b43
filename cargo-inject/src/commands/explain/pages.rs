//! Pages on errors in the folder `pages`, one for each tag.

/// Page on an error.
pub(super) struct Page {
    pub(super) tag: &'static str,
    /// Text in Markdown.
    pub(super) text: &'static str,
}

macro_rules! pages {
    ($($tag:literal)*) => {
        /// All tags, in alphabetical order.
        pub(super) const TAGS: &[&str] = &[$($tag),*];

        impl Page {
            /// Page of a tag.
            pub(super) fn of(tag: &str) -> Option<Self> {
                match tag {
                    $($tag => Some(Self {
                        tag: $tag,
                        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/pages/", $tag, ".md")),
                    }),)*
                    _ => None,
                }
            }
        }
    };
}

pages! {
    "ambiguous"
    "around"
    "binding"
    "by-value"
    "captive"
    "constructor"
    "container"
    "cycle"
    "endpoint"
    "extractor"
    "factory"
    "hook"
    "layer"
    "lifetime"
    "missing"
    "module"
    "override"
    "policy"
    "port"
    "problem"
    "provider"
    "recipe"
    "require"
    "role"
    "shape"
    "teardown"
    "transaction"
    "unlayered"
}

impl Page {
    /// Description of the mistake, from the first line.
    pub(super) fn summary(&self) -> &'static str {
        let title = self.text.lines().next().unwrap_or_default();
        title.split_once(": ").map_or(title, |(_, summary)| summary)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_page_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let tags: BTreeSet<_> = names
            .filter(|name| name != "README.md")
            .map(|name| name.trim_end_matches(".md").to_owned())
            .collect();
        assert_eq!(TAGS.iter().map(|tag| (*tag).to_owned()).collect::<BTreeSet<_>>(), tags);
        assert!(TAGS.is_sorted());
    }

    #[test]
    fn a_page_begins_with_its_tag() {
        for page in TAGS.iter().filter_map(|tag| Page::of(tag)) {
            assert!(page.text.starts_with(&format!("# `[inject/{}]`: ", page.tag)), "{}", page.tag);
            assert!(!page.summary().is_empty());
        }
    }
}
