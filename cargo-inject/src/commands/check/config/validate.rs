//! Validation of rules. All mistakes are reported at once.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use cargo_metadata::Package;
use toml::Spanned;

use super::{
    ids,
    model::{Contexts, Names, PatternSpan, Patterns, Rules, UsageRule, Uses, Wiring},
    pattern::{About, Pattern},
    tables::{ContextsTable, InjectTable, NamesTable, RuleTable, Text, Texts, WiringTable},
};
use crate::{
    commands::check::finding::Place,
    nearest::did_you_mean,
    source::{Problem, SourceFile},
};

/// Validation of the rules in one manifest.
pub(super) struct Validation {
    pub(super) problems: Vec<Problem>,
    file: Arc<SourceFile>,
    /// Name of the package and the crates that it can use; unknown for a workspace, whose packages differ.
    package: Option<(String, BTreeSet<String>)>,
}

/// Crates that need no dependency.
const ALWAYS: [&str; 5] = ["crate", "std", "core", "alloc", "proc_macro"];

impl Validation {
    pub(super) fn of_package(file: Arc<SourceFile>, package: &Package) -> Self {
        let dependencies = package
            .dependencies
            .iter()
            .flat_map(|dependency| dependency.rename.iter().chain([&dependency.name]));
        let dependencies = dependencies.map(|name| name.replace('-', "_"));
        let crates = dependencies.chain(ALWAYS.map(ToOwned::to_owned)).collect();
        Self { problems: Vec::new(), file, package: Some((package.name.to_string(), crates)) }
    }

    pub(super) fn of_workspace(file: Arc<SourceFile>) -> Self {
        Self { problems: Vec::new(), file, package: None }
    }

    pub(super) fn rules(&mut self, written: InjectTable) -> Rules {
        let usage = written.rules.map(|rules| {
            self.unique(rules.iter().map(|rule| &rule.as_ref().name));
            rules.into_iter().map(|rule| self.usage(rule)).collect()
        });
        Rules {
            tests: written.tests,
            layers: written.layers.map(|layer| self.layers(layer)),
            usage,
            contexts: written
                .contexts
                .map(|all| all.into_iter().map(|contexts| self.contexts(contexts)).collect()),
            names: written.names.map(|all| all.into_iter().map(|names| self.names(names)).collect()),
            wiring: written.wiring.map(|wiring| self.wiring(wiring)),
        }
    }

    fn usage(&mut self, written: Spanned<RuleTable>) -> UsageRule {
        let (span, rule) = (written.span(), written.into_inner());
        let must_match = !rule.allow_unmatched;
        let uses = match (&rule.may_not_use, &rule.may_only_use) {
            (Some(not), None) => Uses::Not(self.uses(not, must_match)),
            (None, Some(only)) => Uses::Only(self.uses(only, must_match)),
            (both, _) => {
                let what = if both.is_some() {
                    "one of `may-not-use` and `may-only-use`, not both"
                } else {
                    "`may-not-use` or `may-only-use`"
                };
                self.wrong(span.clone(), format!("a rule needs {what}"));
                Uses::Not(Patterns::default())
            }
        };
        self.is_id(&rule.name);
        UsageRule {
            reason: self.reason(rule.reason, span.clone()),
            modules: self.modules(&rule.modules, must_match),
            except: self.modules(&rule.except, must_match),
            name: rule.name.into_inner(),
            uses,
            instead: rule.instead,
        }
    }

    fn contexts(&mut self, written: Spanned<ContextsTable>) -> Contexts {
        let (span, contexts) = (written.span(), written.into_inner());
        let must_match = !contexts.allow_unmatched;
        let modules = self.modules(&contexts.modules, must_match);
        Contexts {
            id: format!(
                "contexts {}",
                modules.0.iter().map(|span| span.pattern.to_string()).collect::<Vec<_>>().join(" ")
            ),
            reason: self.reason(contexts.reason, span),
            modules,
            public: self.patterns(&contexts.public, About::Below, false),
            except: self.modules(&contexts.except, must_match),
        }
    }

    fn names(&mut self, written: Spanned<NamesTable>) -> Names {
        let (span, names) = (written.span(), written.into_inner());
        let must_match = !names.allow_unmatched;
        if names.attribute.is_none() && names.modules.is_none() {
            let text = "a rule for names needs an `attribute` that the types have, or the `modules` that they are in";
            self.wrong(span.clone(), text.to_owned());
        }
        let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c == '_' || c.is_alphanumeric());
        let pattern = names.pattern.get_ref();
        if pattern.is_empty() || !pattern.split('*').all(|part| part.is_empty() || is_name(part)) {
            let text =
                format!("`{pattern}` is not a pattern of names: it consists of letters, digits, `_` and `*`");
            self.wrong(names.pattern.span(), text);
        }
        let attribute = names.attribute.map(|attribute| {
            if !is_name(attribute.get_ref()) {
                let text = format!(
                    "`{}` is not the name of an attribute: write it without `#[]` and `::`",
                    attribute.get_ref()
                );
                self.wrong(attribute.span(), text);
            }
            attribute.into_inner()
        });
        Names {
            id: format!("names {pattern}"),
            reason: self.reason(names.reason, span),
            place: self.place(names.pattern.span()),
            pattern: names.pattern.into_inner(),
            must_match,
            attribute,
            modules: names.modules.map(|patterns| self.modules(&patterns, must_match)),
        }
    }

    fn wiring(&mut self, written: Spanned<WiringTable>) -> Wiring {
        let (span, wiring) = (written.span(), written.into_inner());
        Wiring {
            reason: self.reason(wiring.reason, span),
            except: self.modules(&wiring.except, !wiring.allow_unmatched),
        }
    }

    /// Reports rules with equal names: the baseline lists violations by name.
    fn unique<'a>(&mut self, names: impl Iterator<Item = &'a Text>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name.get_ref()) {
                self.wrong(name.span(), format!("another rule has the name `{}`", name.get_ref()));
            }
        }
    }

    /// Reports a name of a rule that is not a word, or is the name of a built-in rule.
    fn is_id(&mut self, name: &Text) {
        let text = name.get_ref();
        if ids::ALL.contains(&&**text) {
            self.wrong(name.span(), format!("`{text}` is the name of a built-in rule: choose another name"));
        } else if text.is_empty() || !text.chars().all(|c| c.is_alphanumeric() || "-_".contains(c)) {
            self.wrong(
                name.span(),
                format!("`{text}` is not a name of a rule, such as `no-sql-in-services`"),
            );
        }
    }

    /// Reports a rule without a reason: readers do not follow a rule whose reason they do not know.
    pub(super) fn reason(&mut self, reason: Option<Text>, rule: Range<usize>) -> String {
        match reason {
            Some(reason) if !reason.get_ref().trim().is_empty() => reason.into_inner(),
            blank => {
                let place = blank.map_or(rule, |text| text.span());
                self.wrong(
                    place,
                    "a rule needs a `reason` that says what goes wrong without the rule".to_owned(),
                );
                String::new()
            }
        }
    }

    pub(super) fn modules(&mut self, written: &Texts, must_match: bool) -> Patterns {
        self.patterns(written, About::Modules, must_match)
    }

    fn uses(&mut self, written: &Texts, must_match: bool) -> Patterns {
        let patterns = self.patterns(written, About::Uses, must_match);
        if let Some((package, crates)) = &self.package
            && must_match
        {
            let mut problems = Vec::new();
            for PatternSpan { pattern, place, .. } in &patterns.0 {
                let Some(name) = pattern.names().next().filter(|name| !crates.contains(*name)) else {
                    continue;
                };
                let meant = did_you_mean(name, crates.iter().map(|name| &**name));
                let text = format!("`{package}` has no dependency `{name}`{meant}");
                problems.push(Problem::at(&place.file, place.range.clone(), text).help(
                    "a module of this crate is `crate::..`; a rule for future code needs `allow-unmatched = true`",
                ));
            }
            self.problems.extend(problems);
        }
        patterns
    }

    fn patterns(&mut self, written: &Texts, about: About, must_match: bool) -> Patterns {
        // A pattern of a workspace is for all packages, and some of them have nothing that it covers.
        let must_match = must_match && self.package.is_some();
        let mut patterns = Vec::new();
        for text in written {
            match Pattern::parse(text.get_ref(), about) {
                Ok(pattern) => {
                    patterns.push(PatternSpan { pattern, place: self.place(text.span()), must_match });
                }
                Err(wrong) => self.wrong(text.span(), wrong),
            }
        }
        Patterns(patterns)
    }

    pub(super) fn place(&self, range: Range<usize>) -> Place {
        Place { file: self.file.clone(), range }
    }

    pub(super) fn wrong(&mut self, range: Range<usize>, text: String) {
        self.problems.push(Problem::at(&self.file, range, text));
    }

    pub(super) fn wrong_with_help(&mut self, range: Range<usize>, text: String, help: String) {
        self.problems.push(Problem::at(&self.file, range, text).help(help));
    }
}
