//! Paths that the code of a module mentions.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::{
    Attribute, Block, Expr, ExprCall, ExprMethodCall, ExprPath, ExprStruct, ImplItem, ImplItemFn, Item,
    ItemFn, ItemImpl, ItemMod, ItemStruct, ItemUse, Macro, Meta, Path, TraitItem, TypePath,
    visit::{self, Visit},
};

use super::{Mention, tokens, wiring::Wiring};
use crate::source::{
    Conditions, Module, attributes_of,
    names::{MODULE, PathSyntax, Scope, ScopeId, Scopes},
};

/// Collects the mentions of a module, the scopes of the blocks in it, and the wiring.
pub(super) fn collect(module: &Module<'_>, items: &[&Item]) -> (Scopes, Vec<Mention>, Wiring) {
    let mut mentions = Mentions {
        found: Vec::new(),
        scopes: Scopes::of_module(items),
        conditions: module.conditions,
        scope: MODULE,
        is_called: false,
        wiring: Wiring::default(),
    };
    for attribute in &module.attributes {
        mentions.visit_attribute(attribute);
    }
    for item in items {
        mentions.visit_item(item);
    }
    (mentions.scopes, mentions.found, mentions.wiring)
}

/// Attributes without paths of modules: texts, conditions, and lints.
const NO_PATHS: [&str; 7] = ["doc", "cfg", "allow", "expect", "warn", "deny", "forbid"];

/// First names of attribute paths that are not crates.
const TOOLS: [&str; 6] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustdoc", "rustfmt"];

struct Mentions<'a> {
    found: Vec<Mention>,
    scopes: Scopes,
    conditions: &'a Conditions,
    scope: ScopeId,
    /// Whether the current expression is the function of a call.
    is_called: bool,
    wiring: Wiring,
}

impl Mentions<'_> {
    fn add(&mut self, path: PathSyntax, from: Span, to: Span, among_tokens: bool) {
        if path.names.first().is_none_or(|name| name != "Self") {
            self.found.push(Mention {
                path,
                scope: self.scope,
                range: from.byte_range().start..to.byte_range().end,
                among_tokens,
            });
        }
    }

    fn add_path(&mut self, path: &Path) {
        // A single name is in scope, and the import that brings it there counts as the mention. Only a glob import does not name it.
        let is_name = path.segments.len() == 1 && path.leading_colon.is_none();
        if is_name && !self.has_globs() {
            return;
        }
        if let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) {
            let start = path.leading_colon.map_or(first.ident.span(), |colons| colons.spans[0]);
            self.add(PathSyntax::of(path), start, last.ident.span(), false);
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
        // A single name is that of an attribute macro, and these come from other crates.
        if meta.path().segments.len() > 1 {
            self.add_path(meta.path());
        }
        match meta {
            Meta::Path(_) => {}
            Meta::List(list) => self.add_tokens(list.tokens.clone()),
            Meta::NameValue(pair) => self.add_tokens(pair.value.to_token_stream()),
        }
    }

    /// Whether a glob import can bring a name into scope.
    fn has_globs(&self) -> bool {
        self.scopes.around(self.scope).any(Scope::has_globs)
    }

    /// Whether the conditions among these attributes hold.
    fn holds(&self, attributes: &[Attribute]) -> bool {
        attributes.is_empty() || self.conditions.hold(attributes)
    }
}

/// Skips nodes whose conditions do not hold.
macro_rules! where_conditions_hold {
    ($($visit:ident: $node:ident by $attributes:expr;)*) => {
        $(fn $visit(&mut self, node: &'ast syn::$node) {
            let attributes: fn(&syn::$node) -> &[Attribute] = $attributes;
            if self.holds(attributes(node)) {
                visit::$visit(self, node);
            }
        })*
    };
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    where_conditions_hold! {
        visit_item: Item by attributes_of;
        visit_impl_item: ImplItem by of_impl_item;
        visit_trait_item: TraitItem by of_trait_item;
        visit_expr: Expr by of_expr;
        visit_field: Field by |node| &node.attrs;
        visit_variant: Variant by |node| &node.attrs;
        visit_arm: Arm by |node| &node.attrs;
        visit_local: Local by |node| &node.attrs;
        visit_stmt_macro: StmtMacro by |node| &node.attrs;
        visit_field_value: FieldValue by |node| &node.attrs;
    }

    // Another module has facts of its own. A module in the body of a function is not read.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    // Imports are in the scopes.
    fn visit_item_use(&mut self, _: &'ast ItemUse) {}

    // `pub(in path)` is not a use.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_block(&mut self, block: &'ast Block) {
        let around = self.scope;
        self.scope = self.scopes.enter(block, around, self.conditions).unwrap_or(around);
        visit::visit_block(self, block);
        self.scope = around;
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.add_path(path);
        visit::visit_path(self, path);
    }

    // `<T>::f` and `<T as Trait>::f`: before the `>` stands the path of a trait, or nothing.
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
            // It can be a variable.
            None if !is_called
                && node.path.get_ident().is_some_and(|name| is_lower_case(&name.to_string())) => {}
            _ => visit::visit_expr_path(self, node),
        }
    }

    fn visit_expr_call(&mut self, node: &'ast ExprCall) {
        self.wiring.call(node, self.scope);
        self.is_called = matches!(&*node.func, Expr::Path(_));
        visit::visit_expr_call(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast ExprStruct) {
        self.wiring.literal(node, self.scope);
        visit::visit_expr_struct(self, node);
    }

    fn visit_expr_method_call(&mut self, node: &'ast ExprMethodCall) {
        self.wiring.method_call(node);
        visit::visit_expr_method_call(self, node);
    }

    fn visit_item_struct(&mut self, node: &'ast ItemStruct) {
        self.wiring.item_struct(node);
        visit::visit_item_struct(self, node);
    }

    fn visit_item_impl(&mut self, node: &'ast ItemImpl) {
        let around = self.wiring.enter_impl(node);
        visit::visit_item_impl(self, node);
        self.wiring.leave(around);
    }

    fn visit_item_fn(&mut self, node: &'ast ItemFn) {
        let around = self.wiring.enter_function(&node.sig);
        visit::visit_item_fn(self, node);
        self.wiring.leave(around);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast ImplItemFn) {
        let around = self.wiring.enter_function(&node.sig);
        visit::visit_impl_item_fn(self, node);
        self.wiring.leave(around);
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

fn of_impl_item(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

fn of_trait_item(item: &TraitItem) -> &[Attribute] {
    match item {
        TraitItem::Const(item) => &item.attrs,
        TraitItem::Fn(item) => &item.attrs,
        TraitItem::Type(item) => &item.attrs,
        TraitItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

/// Attributes of an expression that can stand as a statement or in a list. Other expressions cannot have a `#[cfg]`.
fn of_expr(expr: &Expr) -> &[Attribute] {
    match expr {
        Expr::Assign(expr) => &expr.attrs,
        Expr::Async(expr) => &expr.attrs,
        Expr::Await(expr) => &expr.attrs,
        Expr::Binary(expr) => &expr.attrs,
        Expr::Block(expr) => &expr.attrs,
        Expr::Call(expr) => &expr.attrs,
        Expr::ForLoop(expr) => &expr.attrs,
        Expr::If(expr) => &expr.attrs,
        Expr::Loop(expr) => &expr.attrs,
        Expr::Macro(expr) => &expr.attrs,
        Expr::Match(expr) => &expr.attrs,
        Expr::MethodCall(expr) => &expr.attrs,
        Expr::Path(expr) => &expr.attrs,
        Expr::Return(expr) => &expr.attrs,
        Expr::Struct(expr) => &expr.attrs,
        Expr::Try(expr) => &expr.attrs,
        Expr::Tuple(expr) => &expr.attrs,
        Expr::Unsafe(expr) => &expr.attrs,
        Expr::While(expr) => &expr.attrs,
        _ => &[],
    }
}
