//! Expansion of an item, as edits of its file.

use std::ops::Range;

use syn::{
    Attribute, Item, ItemImpl, Path, Type, ext::IdentExt as _, parse_quote, spanned::Spanned as _,
    visit::Visit,
};

use super::{
    attributes::{attribute_macro, attributes},
    changes::changes,
    edits::{Edit, apply, indentation, line_start, with_comments_above},
    format::{self, Formatter},
    hygiene::keep_apart,
    names::Names,
    pretty::{ALIAS, Pretty},
    run::{MOVED, Part, calls, derived, expanded, has_conditions, helpers},
};
use crate::source::{Module, Problem, attributes_mut_of, attributes_of, name_of};

/// Style of expansions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) purpose: Purpose,
    /// Whether the attribute that a part comes from stands above it.
    pub(crate) comments: bool,
}

/// Purpose of an expansion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To show the code that the macros write.
    Showing,
    /// For reading: with short paths and readable names.
    Reading,
    /// To replace the source.
    Source,
}

/// Expansion of an item that uses a macro of the runtime.
pub(crate) struct Expansion {
    /// Name of the item, or of the type of an impl block.
    pub(crate) name: String,
    pub(crate) range: Range<usize>,
    /// Edits that turn the source into the expansion.
    pub(crate) edits: Vec<Edit>,
    /// Code that the macros write, each part with the attribute that it comes from.
    pub(crate) generated: Vec<(String, String)>,
    /// Errors that the macros report.
    pub(crate) problems: Vec<Problem>,
    /// Reason why the expansion cannot replace the item in the source.
    pub(crate) obstacle: Option<&'static str>,
}

/// Expands `item` of `module`; returns nothing if the item uses no macro of the runtime. `pretty` collects the imports that the expansion needs.
pub(super) fn expand(
    item: &Item,
    module: &Module<'_>,
    names: &Names,
    style: Style,
    formatter: &Formatter,
    pretty: &mut Pretty<'_>,
) -> Option<Expansion> {
    let text = &module.file.text;
    let found = attributes(attributes_of(item), module, names);
    let (mut calls, call_problems) = calls(item, module, names);
    let is_attributed =
        found.all.iter().any(|attribute| attribute_macro(attribute.path(), module, names).is_some());
    if !is_attributed && found.derives.is_empty() && calls.is_empty() && call_problems.is_empty() {
        return None;
    }
    let (input, source) = (with_attributes(item, &found.all), with_attributes(item, &found.in_source));
    let mut all = expanded(input.clone(), module, names);
    all.problems.extend(call_problems);

    let mut edits = found.edits;
    let is_moved = all.is_moved;
    let above = all.parts.first().map(|part| part.range.start).filter(|_| !found.is_conditional && !is_moved);
    if let Some(new) = &mut all.item {
        if style.purpose == Purpose::Reading {
            pretty.shorten_item(new, &source);
        }
        edits.extend(changes(text, &source, new, above));
    }
    edits.extend(helpers(item, &found.derives).into_iter().map(|range| Edit::removal(text, range)));
    for derive in &found.derives {
        let (part, problems) = derived(&input, derive, module);
        all.parts.push(part);
        all.problems.extend(problems);
    }
    all.parts.retain(|part| !part.items.is_empty());
    let conditions: Vec<_> =
        attributes_of(item).iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect();
    for part in &mut all.parts {
        keep_apart(&mut part.items, item, text);
        if style.purpose == Purpose::Source {
            part.items.iter_mut().for_each(unmarked);
            let is_in_scope = |name: &str| names.is_taken(&module.path, name);
            part.items.iter_mut().for_each(|item| with_allowed_paths(item, is_in_scope));
        }
        if style.purpose == Purpose::Reading {
            pretty.part(&mut part.items, item);
        }
        part.items.iter_mut().for_each(|item| under(&conditions, item));
    }
    let mut generated = Vec::new();
    for call in &mut calls {
        if style.purpose == Purpose::Reading {
            pretty.expression(&mut call.expansion);
        }
        let expression = formatter.expression(&call.expansion);
        edits.push(replacement(text, call.range.clone(), &call.written, &expression, style));
        generated.push((call.written.clone(), expression));
    }
    let mut parts: Vec<_> =
        all.parts.iter().map(|Part { from, items, .. }| (from.clone(), formatter.items(items))).collect();
    let range = item.span().byte_range();
    if is_moved {
        let own = apply(text, range.clone(), &edits);
        for (_, code) in &mut parts {
            put_back(code, own.trim());
        }
        let written = addition(text, &range, &parts, style);
        edits = written
            .map(|written| Edit { range: range.clone(), text: written.text.trim_start().to_owned() })
            .into_iter()
            .collect();
    } else {
        edits.extend(addition(text, &range, &parts, style));
    }
    generated.splice(0..0, parts);

    let obstacle = if found.is_conditional {
        Some("its attribute is inside a `#[cfg_attr(..)]`, and the expansion would apply in every case")
    } else if !found.derives.is_empty() && has_conditions(item) {
        Some("parts of it are under `#[cfg(..)]`, and the derived code is for the selected features only")
    } else {
        None
    };
    Some(Expansion {
        name: item_name(item).unwrap_or_default(),
        range: with_comments_above(text, range.start)..range.end,
        edits,
        generated,
        problems: all.problems,
        obstacle,
    })
}

/// Name by which an item is found: its own, or that of the type of an impl block.
pub(super) fn item_name(item: &Item) -> Option<String> {
    match item {
        Item::Impl(block) => match &*block.self_ty {
            Type::Path(ty) => ty.path.segments.last().map(|segment| segment.ident.unraw().to_string()),
            _ => None,
        },
        item => name_of(item).map(|name| name.unraw().to_string()),
    }
}

fn with_attributes(item: &Item, attributes: &[Attribute]) -> Item {
    let mut item = item.clone();
    if let Some(all) = attributes_mut_of(&mut item) {
        *all = attributes.to_vec();
    }
    item
}

/// rustc reads the conditions of an item before its macros run; in a source each part needs them.
fn under(conditions: &[Attribute], item: &mut Item) {
    if let Some(attributes) = attributes_mut_of(item) {
        attributes.splice(0..0, conditions.iter().cloned());
    }
}

/// On an impl block without a trait, rustc accepts `#[automatically_derived]` from macros alone.
fn unmarked(item: &mut Item) {
    if let Item::Impl(ItemImpl { attrs, trait_: None, .. }) = item {
        attrs.retain(|attribute| !attribute.path().is_ident("automatically_derived"));
    }
}

/// In a source, rustc warns about `__rt::Problem` in a module that imports `Problem` too.
fn with_allowed_paths(item: &mut Item, is_in_scope: impl Fn(&str) -> bool) {
    let mut names = AliasedNames::default();
    names.visit_item(item);
    if let Item::Const(block) = item
        && names.0.iter().any(|name| is_in_scope(name))
    {
        block.attrs.push(
            parse_quote!(#[allow(unused_qualifications, reason = "the module imports some of the names")]),
        );
    }
}

/// Names below the alias of a block.
#[derive(Default)]
struct AliasedNames(Vec<String>);

impl<'ast> Visit<'ast> for AliasedNames {
    fn visit_path(&mut self, path: &'ast Path) {
        let mut segments = path.segments.iter();
        if segments.next().is_some_and(|first| first.ident == ALIAS)
            && let Some(second) = segments.next()
        {
            self.0.push(second.ident.to_string());
        }
        syn::visit::visit_path(self, path);
    }
}

/// Puts the user's item, as written, in its place in generated code.
fn put_back(code: &mut String, own: &str) {
    if let Some(start) = code.find(MOVED) {
        let by = indentation(code, start).to_owned();
        let own = format::indented(own, &by);
        code.replace_range(start..start + MOVED.len(), &own);
    }
}

/// Parts below the item.
fn addition(text: &str, item: &Range<usize>, parts: &[(String, String)], style: Style) -> Option<Edit> {
    if parts.is_empty() {
        return None;
    }
    let written = parts.iter().map(
        |(from, code)| {
            if style.comments { format!("// {from}\n{code}") } else { code.clone() }
        },
    );
    let written = written.collect::<Vec<_>>().join("\n\n");
    let is_first = text[line_start(text, item.start)..item.start].trim().is_empty();
    let by = if is_first { indentation(text, item.start) } else { "" };
    // A comment on the last line of the item stays there.
    let line = text[item.end..].split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let end = if line.trim_start().starts_with("//") { item.end + line.len() } else { item.end };
    Some(Edit { range: end..end, text: format!("\n\n{by}{}", format::indented(&written, by)) })
}

/// Expansion of a call, in its place.
fn replacement(text: &str, range: Range<usize>, written: &str, code: &str, style: Style) -> Edit {
    let code = match code.split_once('\n') {
        Some((brace, rest)) if style.comments => format!("{brace}\n    // {written}\n{rest}"),
        _ => code.to_owned(),
    };
    let by = indentation(text, range.start).to_owned();
    Edit { range, text: format::indented(&code, &by) }
}
