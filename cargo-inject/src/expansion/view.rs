//! Parts of the sources, before and after expansion.

use std::{ops::Range, sync::Arc};

use syn::spanned::Spanned as _;

use super::{
    edits::{Edit, apply, indentation, line_start, with_comments_above},
    find::FoundItem,
    format,
    item::Expansion,
    krate::{Crate, ExpandedModule},
};
use crate::source::{Module, Problem, SourceFile, attributes_of, name_of};

/// Part of a source, before and after expansion.
pub(crate) struct View {
    /// `crate::services (src/services.rs)`
    pub(crate) title: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) problems: Vec<Problem>,
    /// Whether it uses a macro of the runtime.
    pub(crate) has_expansions: bool,
}

impl Crate<'_> {
    /// Views of the whole crate, one for each file.
    pub(crate) fn views(&self) -> Vec<View> {
        self.views_of_files(|_| true)
    }

    /// Views of items and modules.
    pub(crate) fn views_of(&self, found: &[FoundItem]) -> Vec<View> {
        let mut views = Vec::new();
        for found in found {
            match found {
                FoundItem::Module(module) => views.extend(self.views_of_module(*module)),
                FoundItem::Items { module, name } => views.extend(self.view_of_items(*module, name)),
            }
        }
        views
    }

    /// Views of a module. A module in braces is a part of a file; one with a file of its own includes the modules below it.
    fn views_of_module(&self, index: usize) -> Vec<View> {
        let module = &self.modules[index];
        let is_inside = |candidate: &Module<'_>| candidate.path.0.starts_with(&module.path.0);
        let parent =
            self.modules[..index].iter().rfind(|candidate| candidate.path.0.len() < module.path.0.len());
        let in_braces = parent.is_some_and(|parent| Arc::ptr_eq(parent.file, module.file));
        if !in_braces {
            return self.views_of_files(is_inside);
        }
        let own = |candidate: &Module<'_>| is_inside(candidate) && Arc::ptr_eq(candidate.file, module.file);
        let mut views: Vec<_> =
            extent(parent, module).map(|range| self.view(module, range, own)).into_iter().collect();
        views.extend(
            self.views_of_files(|candidate| {
                is_inside(candidate) && !Arc::ptr_eq(candidate.file, module.file)
            }),
        );
        views
    }

    fn views_of_files(&self, wanted: impl Fn(&Module<'_>) -> bool) -> Vec<View> {
        let mut files: Vec<&Arc<SourceFile>> = Vec::new();
        let mut views = Vec::new();
        for module in self.modules.iter().filter(|module| wanted(module)) {
            if !files.iter().any(|file| Arc::ptr_eq(file, module.file)) {
                files.push(module.file);
                let whole = 0..module.file.text.len();
                views.push(self.view(module, whole, |candidate| Arc::ptr_eq(candidate.file, module.file)));
            }
        }
        views
    }

    /// View of a part of the file of `of`. The modules that are `inside` are expanded.
    fn view(&self, of: &Module<'_>, range: Range<usize>, inside: impl Fn(&Module<'_>) -> bool) -> View {
        let text = &of.file.text;
        let (mut absent, mut edits, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        let mut has_expansions = false;
        for module in self.modules.iter().filter(|module| inside(module)) {
            absent.extend(absences(module));
            let ExpandedModule { expansions, imports } = self.expand(module, |_| true);
            if let (Some(imports), Some(first)) = (imports, module.written.first()) {
                edits.push(import(text, first.span().byte_range().start, &imports));
            }
            has_expansions |= !expansions.is_empty();
            for expansion in expansions {
                edits.extend(expansion.edits);
                problems.extend(expansion.problems);
            }
        }
        let condition = match &*of.cfg {
            [] => String::new(),
            all => format!(", under `{}`", all.join("` and `")),
        };
        let title = format!("{} ({}){condition}", of.path, of.file.shown);
        edits.extend(absent.iter().cloned());
        let shown = |edits: &[Edit]| shown(text, range.clone(), edits);
        View { title, before: shown(&absent), after: shown(&edits), problems, has_expansions }
    }

    /// Views of the items called `name` that use macros of the runtime; if there are none, of all items that declare the name.
    fn view_of_items(&self, module: usize, name: &str) -> Vec<View> {
        let module = &self.modules[module];
        let ExpandedModule { expansions, imports } = self.expand_called(module, name);
        let title = format!("{} ({})", module.path.join(name), module.file.shown);
        let text = &module.file.text;
        if expansions.is_empty() {
            let declared = module.items().filter(|item| name_of(item).is_some_and(|own| own == name));
            return declared
                .map(|item| item.span().byte_range())
                .map(|range| shown(text, with_comments_above(text, range.start)..range.end, &[]))
                .map(|text| View {
                    title: title.clone(),
                    before: text.clone(),
                    after: text,
                    problems: Vec::new(),
                    has_expansions: false,
                })
                .collect();
        }
        let mut views: Vec<_> = expansions
            .into_iter()
            .map(|Expansion { range, edits, problems, .. }| View {
                title: title.clone(),
                before: shown(text, range.clone(), &[]),
                // Code that is added below the last line of an item is part of it.
                after: shown(text, range.start..end_of_edits(&range, &edits), &edits),
                problems,
                has_expansions: true,
            })
            .collect();
        if let (Some(imports), Some(first)) = (imports, views.first_mut()) {
            first.after = format!("{imports}\n\n{}", first.after);
        }
        views
    }
}

/// Bytes of `mod name { .. }`.
fn extent(parent: Option<&Module<'_>>, module: &Module<'_>) -> Option<Range<usize>> {
    let text = &module.file.text;
    let name = module.path.0.last()?;
    let item = parent?.items().find(|item| match item {
        syn::Item::Mod(item) => item.content.is_some() && item.ident == name,
        _ => false,
    })?;
    let range = item.span().byte_range();
    Some(with_comments_above(text, range.start)..range.end)
}

fn end_of_edits(range: &Range<usize>, edits: &[Edit]) -> usize {
    edits.iter().map(|edit| edit.range.end).chain([range.end]).max().unwrap_or(range.end)
}

/// Part of a file without the indentation of the code around it.
fn shown(text: &str, range: Range<usize>, edits: &[Edit]) -> String {
    let by = indentation(text, range.start);
    // The blanks before the part do not belong to it.
    let is_line = range.start == line_start(text, range.start);
    let start = if is_line { range.start + by.len() } else { range.start };
    format::dedented(&apply(text, start..range.end, edits), by.len()).trim_end().to_owned() + "\n"
}

/// Removals of the items whose conditions do not hold.
fn absences(module: &Module<'_>) -> Vec<Edit> {
    let text = &module.file.text;
    let absent = module.written.iter().filter(|item| !module.conditions.hold(attributes_of(item)));
    let removal = |range: Range<usize>| {
        let mut edit = Edit::removal(text, with_comments_above(text, range.start)..range.end);
        // One of the blank lines around it remains.
        let after = &text[edit.range.end..];
        if text[..edit.range.start].ends_with("\n\n") && after.starts_with('\n') {
            edit.range.end += 1;
        }
        edit
    };
    absent.map(|item| removal(item.span().byte_range())).collect()
}

/// Addition of `use` lines above the first item of a module.
fn import(text: &str, first: usize, imports: &str) -> Edit {
    let place = with_comments_above(text, first);
    let by = indentation(text, first);
    let place = if place == line_start(text, place) { place + by.len() } else { place };
    let written = format!("{}\n{by}", format::indented(imports, by));
    Edit { range: place..place, text: written }
}
