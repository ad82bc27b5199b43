//! The blocks of expansions, `const _: () = { use ::inject_runtime::__private as __rt; .. };`, without the alias, and where possible
//! without the block.

use syn::{
    Attribute, Block, Expr, ExprCall, ExprPath, Item, ItemConst, ItemUse, Path, PathSegment, QSelf, Stmt,
    Token, TraitBound, TypePath, UsePath, UseTree, punctuated::Punctuated, visit_mut::VisitMut,
};

use crate::source::attributes_mut_of;

/// Name of the private module of the runtime in a block.
pub(in crate::expansion) const ALIAS: &str = "__rt";

/// Writes the aliased path in full, and moves implementations out of their block.
pub(super) fn open(items: &mut Vec<Item>) {
    let written = std::mem::take(items);
    items.extend(written.into_iter().flat_map(opened));
}

fn opened(mut item: Item) -> Vec<Item> {
    WithoutDetours.visit_item_mut(&mut item);
    let Some(block) = block_mut(&mut item) else { return vec![item] };
    if let Some(path) = take_alias(block) {
        AliasedPath(&path).visit_block_mut(block);
    }
    let has_only_implementations = block.stmts.iter().all(|statement| match statement {
        Stmt::Item(Item::Impl(_) | Item::Use(_)) => true,
        Stmt::Item(Item::Const(constant)) => constant.ident == "_",
        _ => false,
    });
    if !has_only_implementations {
        return vec![item];
    }
    let statements = std::mem::take(&mut block.stmts);
    let attributes = attributes_mut_of(&mut item).map(std::mem::take).unwrap_or_default();
    let inner = statements.into_iter().filter_map(|statement| match statement {
        Stmt::Item(item) => Some(with(&attributes, item)),
        _ => None,
    });
    inner.flat_map(opened).collect()
}

/// The block of `const _: () = { .. };`.
fn block_mut(item: &mut Item) -> Option<&mut Block> {
    match item {
        Item::Const(ItemConst { ident, expr, .. }) if ident == "_" => match &mut **expr {
            Expr::Block(expression) => Some(&mut expression.block),
            _ => None,
        },
        _ => None,
    }
}

/// Conditions of a block are those of its items.
fn with(attributes: &[Attribute], mut item: Item) -> Item {
    if let Some(own) = attributes_mut_of(&mut item) {
        own.splice(0..0, attributes.iter().cloned());
    }
    item
}

/// Removes `use path as __rt;`, and returns the path.
fn take_alias(block: &mut Block) -> Option<Path> {
    let found = block.stmts.iter().enumerate().find_map(|(index, statement)| match statement {
        Stmt::Item(Item::Use(item)) => Some((index, aliased(item)?)),
        _ => None,
    });
    let (index, path) = found?;
    block.stmts.remove(index);
    Some(path)
}

fn aliased(item: &ItemUse) -> Option<Path> {
    let mut path = Path { leading_colon: item.leading_colon, segments: Punctuated::new() };
    let mut tree = &item.tree;
    loop {
        match tree {
            UseTree::Path(below) => {
                path.segments.push(below.ident.clone().into());
                tree = &below.tree;
            }
            UseTree::Rename(name) if name.rename == ALIAS => {
                path.segments.push(name.ident.clone().into());
                return Some(path);
            }
            _ => return None,
        }
    }
}

/// Visitor that replaces the alias by the path that it stands for.
struct AliasedPath<'a>(&'a Path);

impl AliasedPath<'_> {
    fn write(&self, path: &mut Path, qself: Option<&mut QSelf>) {
        let is_aliased = path.leading_colon.is_none()
            && path.segments.first().is_some_and(|first| first.ident == ALIAS)
            && qself.as_ref().is_none_or(|qself| qself.position > 0);
        if !is_aliased {
            return;
        }
        let rest = std::mem::take(&mut path.segments).into_iter().skip(1);
        path.segments = self.0.segments.iter().cloned().chain(rest).collect::<Punctuated<PathSegment, _>>();
        path.leading_colon = self.0.leading_colon;
        if let Some(qself) = qself {
            qself.position += self.0.segments.len() - 1;
        }
    }
}

impl VisitMut for AliasedPath<'_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        self.write(path, None);
        syn::visit_mut::visit_path_mut(self, path);
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        self.write(&mut path.path, path.qself.as_mut());
        syn::visit_mut::visit_expr_path_mut(self, path);
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        self.write(&mut path.path, path.qself.as_mut());
        syn::visit_mut::visit_type_path_mut(self, path);
    }

    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        if let UseTree::Path(path) = &item.tree
            && path.ident == ALIAS
            && item.leading_colon.is_none()
        {
            let below = (*path.tree).clone();
            item.tree = self.0.segments.iter().rev().fold(below, |tree, segment| {
                UseTree::Path(UsePath {
                    ident: segment.ident.clone(),
                    colon2_token: <Token![::]>::default(),
                    tree: Box::new(tree),
                })
            });
            item.leading_colon = self.0.leading_colon;
        }
    }
}

/// Visitor that removes what changes no meaning, and places the errors of rustc: `for<>` before a bound, and parentheses around a called
/// function.
struct WithoutDetours;

impl VisitMut for WithoutDetours {
    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        bound.lifetimes.take_if(|binder| binder.lifetimes.is_empty());
        syn::visit_mut::visit_trait_bound_mut(self, bound);
    }

    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        if let Expr::Paren(parentheses) = &mut *call.func
            && let Expr::Path(path) = &*parentheses.expr
        {
            *call.func = Expr::Path(path.clone());
        }
        syn::visit_mut::visit_expr_call_mut(self, call);
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn written(item: Item) -> String {
        let mut items = vec![item];
        open(&mut items);
        prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
    }

    #[test]
    fn implementations_stand_outside_of_the_block() {
        let item = parse_quote! {
            const _: () = {
                use ::inject_runtime::__private as __rt;
                use __rt::Fallback as _;
                impl __rt::Layered for Users where Users: for<> __rt::Component {
                    type Layer = <Self as __rt::Component>::Layer;
                }
                #[cfg(feature = "search")]
                const _: () = {
                    impl __rt::Layered for Search {}
                };
                const _: () = (__rt::reject_cycle)(CYCLE);
            };
        };
        let expected = "\
use ::inject_runtime::__private::Fallback as _;
impl ::inject_runtime::__private::Layered for Users
where
    Users: ::inject_runtime::__private::Component,
{
    type Layer = <Self as ::inject_runtime::__private::Component>::Layer;
}
#[cfg(feature = \"search\")]
impl ::inject_runtime::__private::Layered for Search {}
const _: () = ::inject_runtime::__private::reject_cycle(CYCLE);
";
        assert_eq!(written(item), expected);
    }

    #[test]
    fn names_of_a_block_stay_in_it() {
        let item = parse_quote! {
            const _: () = {
                use crate::inject::__private as __rt;
                const PLAN: __rt::Plan = __rt::Plan::of();
            };
        };
        let expected = "\
const _: () = {
    const PLAN: crate::inject::__private::Plan = crate::inject::__private::Plan::of();
};
";
        assert_eq!(written(item), expected);
    }
}
