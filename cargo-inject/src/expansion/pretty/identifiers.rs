//! Readable names for the locals and the type parameters that macros generate.
//!
//! Only names that are invisible outside of the expansion are changed. Items, methods and fields keep theirs: another name would show code
//! that does not exist.

use std::collections::{BTreeMap, BTreeSet};

use inject_codegen::LOCALS;
use proc_macro2::TokenTree;
use quote::ToTokens as _;
use syn::{
    ExprPath, FieldPat, FieldValue, FnArg, GenericParam, Generics, Ident, Item, Member, Pat, PatIdent, Path,
    QSelf, Token, TypePath, ext::IdentExt as _, visit::Visit, visit_mut::VisitMut,
};

/// Renames the locals and the type parameters of `items`, the expansion of `of`, unless the new name `is_taken`.
pub(super) fn rename(items: &mut [Item], of: &Item, is_taken: impl Fn(&str) -> bool) {
    let mut written = BTreeSet::new();
    identifiers(of.to_token_stream(), &mut written);
    let mut generated = BTreeSet::new();
    let mut declared = Declared::default();
    for item in items.iter() {
        identifiers(item.to_token_stream(), &mut generated);
        declared.visit_item(item);
    }
    let is_free = |name: &str| !written.contains(name) && !generated.contains(name) && !is_taken(name);
    let types = readable(&declared.types, capitalized, is_free);
    let mut locals = parameters(of);
    locals.retain(|hidden, _| declared.locals.contains(hidden));
    locals.extend(readable(&declared.locals, str::to_owned, is_free));
    let mut rename = Rename { types, locals };
    for item in items {
        rename.visit_item_mut(item);
    }
}

/// Readable names for the generated ones among `names`, which begin with `__`.
fn readable(
    names: &BTreeSet<String>,
    spelling: impl Fn(&str) -> String,
    is_free: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let hidden = names.iter().filter(|name| name.starts_with("__"));
    let pairs = hidden.map(|name| (name.clone(), spelling(name.trim_start_matches('_'))));
    pairs.filter(|(_, readable)| !readable.is_empty() && is_free(readable)).collect()
}

/// Names of the parameters of a function: `users`, also in `Inject(users): Inject<UserService>`.
fn parameters(of: &Item) -> BTreeMap<String, String> {
    fn name(pattern: &Pat) -> Option<String> {
        match pattern {
            Pat::Ident(pattern) => Some(pattern.ident.unraw().to_string()),
            Pat::TupleStruct(pattern) if pattern.elems.len() == 1 => name(pattern.elems.first()?),
            _ => None,
        }
    }
    let mut names = BTreeMap::new();
    let Item::Fn(function) = of else { return names };
    for (index, parameter) in function.sig.inputs.iter().enumerate() {
        let FnArg::Typed(parameter) = parameter else { continue };
        let Some(name) = name(&parameter.pat) else { continue };
        let is_free = !LOCALS.contains(&&*name) && !names.values().any(|taken| *taken == name);
        if is_free && function.sig.ident != name {
            names.insert(format!("parameter_{index}"), name);
        }
    }
    names
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn identifiers(tokens: proc_macro2::TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => drop(found.insert(name.to_string())),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Names of the type parameters and of the locals that items declare.
#[derive(Default)]
struct Declared {
    types: BTreeSet<String>,
    locals: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Declared {
    fn visit_generics(&mut self, generics: &'ast Generics) {
        self.types.extend(generics.type_params().map(|parameter| parameter.ident.to_string()));
        syn::visit::visit_generics(self, generics);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.locals.insert(pattern.ident.to_string());
        syn::visit::visit_pat_ident(self, pattern);
    }
}

/// Renames type parameters where they are declared and where paths begin with them, and locals where patterns bind them and where paths of
/// one name use them.
struct Rename {
    types: BTreeMap<String, String>,
    locals: BTreeMap<String, String>,
}

fn replace(ident: &mut Ident, names: &BTreeMap<String, String>) -> bool {
    let Some(new) = names.get(&ident.to_string()) else { return false };
    *ident = syn::parse_str(new).unwrap_or_else(|_| Ident::new_raw(new, ident.span()));
    true
}

impl Rename {
    /// Renames the first name of a path, unless the path is below a type, as in `<T>::name`.
    fn first_of(&self, path: &mut Path, qself: Option<&QSelf>) {
        let is_below_type = qself.is_some_and(|qself| qself.position == 0);
        if path.leading_colon.is_none()
            && !is_below_type
            && let Some(first) = path.segments.first_mut()
        {
            replace(&mut first.ident, &self.types);
        }
    }

    fn local(&self, path: &mut ExprPath) -> bool {
        let is_local =
            path.qself.is_none() && path.path.leading_colon.is_none() && path.path.segments.len() == 1;
        match path.path.segments.first_mut() {
            Some(only) if is_local && only.arguments.is_none() => replace(&mut only.ident, &self.locals),
            _ => false,
        }
    }
}

impl VisitMut for Rename {
    fn visit_generic_param_mut(&mut self, parameter: &mut GenericParam) {
        if let GenericParam::Type(parameter) = parameter {
            replace(&mut parameter.ident, &self.types);
        }
        syn::visit_mut::visit_generic_param_mut(self, parameter);
    }

    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        replace(&mut pattern.ident, &self.locals);
        syn::visit_mut::visit_pat_ident_mut(self, pattern);
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        self.local(path);
        self.first_of(&mut path.path, path.qself.as_ref());
        syn::visit_mut::visit_expr_path_mut(self, path);
    }

    fn visit_type_path_mut(&mut self, path: &mut TypePath) {
        self.first_of(&mut path.path, path.qself.as_ref());
        syn::visit_mut::visit_type_path_mut(self, path);
    }

    // `Self { name }` means `Self { name: name }`.
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let before = field.expr.to_token_stream().to_string();
        syn::visit_mut::visit_field_value_mut(self, field);
        if field.colon_token.is_none() && field.expr.to_token_stream().to_string() != before {
            field.colon_token = Some(Token![:](proc_macro2::Span::call_site()));
        }
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        syn::visit_mut::visit_field_pat_mut(self, field);
        if field.colon_token.is_none()
            && let (Pat::Ident(pattern), Member::Named(name)) = (&*field.pat, &field.member)
            && pattern.ident != *name
        {
            field.colon_token = Some(Token![:](proc_macro2::Span::call_site()));
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn renamed(mut item: Item, of: &Item) -> String {
        rename(std::slice::from_mut(&mut item), of, |name| name == "Taken");
        prettyplease::unparse(&syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: vec![item],
        })
    }

    #[test]
    fn only_locals_and_type_parameters_have_other_names() {
        let of: Item = parse_quote!(
            fn find(State(users): State<Users>) {}
        );
        let item: Item = parse_quote!(
            impl<__C: Container, __Taken> Endpoint<__C> for find {
                type __Kind = __C::Kind;
                fn __call<__S: Source<__C>>(source: __S) -> __Field<0> {
                    let parameter_0 = <__C as Parameter>::__extract(source);
                    let __value = returned(|__draft| __draft.__success(parameter_0).__field);
                    <__C>::__construct(Self { __value }, __taken(), __Taken)
                }
            }
        );
        let expected = "\
impl<C: Container, __Taken> Endpoint<C> for find {
    type __Kind = C::Kind;
    fn __call<S: Source<C>>(source: S) -> __Field<0> {
        let users = <C as Parameter>::__extract(source);
        let value = returned(|draft| draft.__success(users).__field);
        <C>::__construct(Self { __value: value }, __taken(), __Taken)
    }
}
";
        assert_eq!(renamed(item, &of), expected);
    }

    #[test]
    fn names_of_the_user_stay_apart() {
        let of: Item = parse_quote!(
            struct Names<C> {
                c: C,
            }
        );
        let item: Item = parse_quote!(
            impl<C, __C> Injectable<__C> for Names<C> {}
        );
        assert_eq!(renamed(item, &of), "impl<C, __C> Injectable<__C> for Names<C> {}\n");
    }
}
