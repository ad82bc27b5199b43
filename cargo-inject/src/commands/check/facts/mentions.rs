//! The paths that the code of a module mentions.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::{
    Attribute, Block, Expr, ExprCall, ExprPath, Item, ItemMod, ItemUse, Macro, Meta, Path, Stmt, TypePath,
    visit::{self, Visit},
};

use super::{Facts, Imported, MODULE, Mention, Scope, ScopeId, Written, attributes, range, tokens};
use crate::source::{Conditions, Module, attributes_of};

/// Collects the mentions of a module, and the scopes of the blocks in it.
pub(super) fn collect(facts: &mut Facts, module: &Module<'_>, items: &[&Item]) {
    let mut mentions = Mentions { facts, conditions: module.conditions, scope: MODULE, is_called: false };
    for attribute in &module.attributes {
        mentions.visit_attribute(attribute);
    }
    for item in items {
        mentions.visit_item(item);
    }
}

/// Attributes in which there is no path of a module: texts, conditions, and lints.
const NO_PATHS: [&str; 7] = ["doc", "cfg", "allow", "expect", "warn", "deny", "forbid"];

/// What begins paths of attributes, and is no crate.
const TOOLS: [&str; 6] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustdoc", "rustfmt"];

struct Mentions<'a> {
    facts: &'a mut Facts,
    conditions: &'a Conditions,
    scope: ScopeId,
    /// The expression at hand is the function of a call.
    is_called: bool,
}

impl Mentions<'_> {
    fn add(&mut self, path: Written, from: Span, to: Span, among_tokens: bool) {
        if path.names.first().is_none_or(|name| name != "Self") {
            self.facts.mentions.push(Mention {
                path,
                scope: self.scope,
                range: range(from, to),
                among_tokens,
            });
        }
    }

    fn add_path(&mut self, path: &Path) {
        // A single name is something in scope: where an import has brought it there, that is the mention. Only a glob does not say it.
        let is_name = path.segments.len() == 1 && path.leading_colon.is_none();
        if is_name && !self.has_globs() {
            return;
        }
        if let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) {
            let start = path.leading_colon.map_or(first.ident.span(), |colons| colons.spans[0]);
            self.add(Written::of(path), start, last.ident.span(), false);
        }
    }

    fn add_tokens(&mut self, tokens: TokenStream) {
        tokens::paths(tokens, &mut |path, from, to| self.add(path, from, to, true));
    }

    fn add_meta(&mut self, meta: &Meta) {
        let first = meta.path().segments.first().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if NO_PATHS.contains(&&*first) || TOOLS.contains(&&*first) {
            return;
        }
        // A single name is that of an attribute, and attributes come from other crates.
        if meta.path().segments.len() > 1 {
            self.add_path(meta.path());
        }
        match meta {
            Meta::Path(_) => {}
            Meta::List(list) => self.add_tokens(list.tokens.clone()),
            Meta::NameValue(pair) => self.add_tokens(pair.value.to_token_stream()),
        }
    }

    fn has_globs(&self) -> bool {
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            let Scope { imports, parent, .. } = &self.facts.scopes[id];
            if imports.iter().any(|import| import.names == Imported::Glob) {
                return true;
            }
            scope = *parent;
        }
        self.facts.scopes[MODULE].imports.iter().any(|import| import.names == Imported::Glob)
    }

    /// Whether what has these attributes is there.
    fn is_there(&self, attributes: &[Attribute]) -> bool {
        attributes.is_empty() || self.conditions.hold(attributes)
    }
}

/// Leaves out what is not there.
macro_rules! where_it_is_there {
    ($($visit:ident: $node:ident by $attributes:expr;)*) => {
        $(fn $visit(&mut self, node: &'ast syn::$node) {
            let attributes: fn(&syn::$node) -> &[Attribute] = $attributes;
            if self.is_there(attributes(node)) {
                visit::$visit(self, node);
            }
        })*
    };
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    where_it_is_there! {
        visit_item: Item by attributes_of;
        visit_impl_item: ImplItem by attributes::of_impl_item;
        visit_trait_item: TraitItem by attributes::of_trait_item;
        visit_expr: Expr by attributes::of_expr;
        visit_field: Field by |node| &node.attrs;
        visit_variant: Variant by |node| &node.attrs;
        visit_arm: Arm by |node| &node.attrs;
        visit_local: Local by |node| &node.attrs;
        visit_stmt_macro: StmtMacro by |node| &node.attrs;
        visit_field_value: FieldValue by |node| &node.attrs;
    }

    // Another module: it has facts of its own. One in the body of a function is not seen.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    // Imports are in the scopes.
    fn visit_item_use(&mut self, _: &'ast ItemUse) {}

    // `pub(in path)` uses nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_block(&mut self, block: &'ast Block) {
        let items: Vec<_> = block
            .stmts
            .iter()
            .filter_map(|statement| match statement {
                Stmt::Item(item) if self.is_there(attributes_of(item)) => Some(item),
                _ => None,
            })
            .collect();
        if items.is_empty() {
            return visit::visit_block(self, block);
        }
        let around = self.scope;
        self.facts.scopes.push(Scope::of(&items, Some(around)));
        self.scope = self.facts.scopes.len() - 1;
        visit::visit_block(self, block);
        self.scope = around;
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.add_path(path);
        visit::visit_path(self, path);
    }

    // `<T>::f` and `<T as Trait>::f`: what is before the `>` is the path of the trait, or nothing.
    fn visit_type_path(&mut self, node: &'ast TypePath) {
        match &node.qself {
            Some(qself) if qself.position == 0 => {
                self.visit_qself(qself);
                node.path.segments.iter().for_each(|segment| self.visit_path_segment(segment));
            }
            _ => visit::visit_type_path(self, node),
        }
    }

    fn visit_expr_path(&mut self, node: &'ast ExprPath) {
        let is_called = std::mem::take(&mut self.is_called);
        match &node.qself {
            Some(qself) if qself.position == 0 => {
                self.visit_qself(qself);
                node.path.segments.iter().for_each(|segment| self.visit_path_segment(segment));
            }
            // It may be a variable.
            None if !is_called
                && node.path.get_ident().is_some_and(|name| is_lower_case(&name.to_string())) => {}
            _ => visit::visit_expr_path(self, node),
        }
    }

    fn visit_expr_call(&mut self, node: &'ast ExprCall) {
        self.is_called = matches!(&*node.func, Expr::Path(_));
        visit::visit_expr_call(self, node);
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        // As above: `error!` is not in a module `error`.
        if node.path.segments.len() > 1 {
            self.visit_path(&node.path);
        }
        self.add_tokens(node.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        for meta in self.conditions.applied(std::slice::from_ref(attribute)) {
            self.add_meta(&meta);
        }
    }
}

fn is_lower_case(name: &str) -> bool {
    name.chars().next().is_some_and(|first| first == '_' || first.is_lowercase())
}
