//! Wiring in the code of a module: constructions, constructors, factories, and values that are resolved from a container.

use std::{mem, ops::Range};

use syn::{
    Expr, ExprCall, ExprMethodCall, ExprStruct, ImplItem, ItemImpl, ItemStruct, Signature, Type,
    ext::IdentExt as _, spanned::Spanned as _,
};

use crate::source::names::{PathSyntax, ScopeId};

/// Wiring of a module.
#[derive(Debug, Default)]
pub(crate) struct Wiring {
    /// Calls of paths, and literals of structs.
    pub(crate) constructions: Vec<Construction>,
    /// Calls of `.resolve::<T>()`.
    pub(crate) resolved: Vec<(Range<usize>, Vec<String>)>,
    /// Functions under `#[inject]` in impl blocks: the type and the name.
    pub(crate) constructors: Vec<(PathSyntax, String)>,
    /// Functions in `#[factory(..)]`.
    pub(crate) factories: Vec<PathSyntax>,
    /// Function that is being read: its name, after that of the type whose impl block it is in.
    function: Vec<String>,
}

/// Call of a path, or literal of a struct.
#[derive(Debug)]
pub(crate) struct Construction {
    pub(crate) path: PathSyntax,
    pub(crate) scope: ScopeId,
    pub(crate) range: Range<usize>,
    pub(crate) is_literal: bool,
    /// Function around it.
    pub(crate) function: Vec<String>,
}

impl Wiring {
    pub(super) fn call(&mut self, call: &ExprCall, scope: ScopeId) {
        if let Expr::Path(function) = &*call.func
            && function.qself.is_none()
        {
            self.construction(&function.path, scope, false);
        }
    }

    pub(super) fn literal(&mut self, literal: &ExprStruct, scope: ScopeId) {
        if literal.qself.is_none() {
            self.construction(&literal.path, scope, true);
        }
    }

    fn construction(&mut self, path: &syn::Path, scope: ScopeId, is_literal: bool) {
        self.constructions.push(Construction {
            path: PathSyntax::of(path),
            scope,
            range: path.span().byte_range(),
            is_literal,
            function: self.function.clone(),
        });
    }

    pub(super) fn method_call(&mut self, call: &ExprMethodCall) {
        if call.method == "resolve" && call.args.is_empty() && call.turbofish.is_some() {
            self.resolved.push((call.method.span().byte_range(), self.function.clone()));
        }
    }

    pub(super) fn item_struct(&mut self, item: &ItemStruct) {
        let attributes = item.fields.iter().flat_map(|field| &field.attrs);
        let factories = attributes.filter(|attribute| is_called(attribute, "factory"));
        let paths = factories.filter_map(|attribute| attribute.parse_args::<syn::Path>().ok());
        self.factories.extend(paths.map(|path| PathSyntax::of(&path)));
    }

    /// Enters an impl block. Returns the function around it, for [`leave`](Self::leave).
    pub(super) fn enter_impl(&mut self, item: &ItemImpl) -> Vec<String> {
        let Type::Path(ty) = &*item.self_ty else {
            return mem::take(&mut self.function);
        };
        for item in &item.items {
            if let ImplItem::Fn(function) = item
                && function.attrs.iter().any(|attribute| is_called(attribute, "inject"))
            {
                self.constructors.push((PathSyntax::of(&ty.path), function.sig.ident.unraw().to_string()));
            }
        }
        let name = ty.path.segments.last().map(|segment| segment.ident.unraw().to_string());
        mem::replace(&mut self.function, name.into_iter().collect())
    }

    /// Enters a function, as [`enter_impl`](Self::enter_impl) an impl block.
    pub(super) fn enter_function(&mut self, signature: &Signature) -> Vec<String> {
        let around = self.function.clone();
        self.function.push(signature.ident.unraw().to_string());
        around
    }

    pub(super) fn leave(&mut self, around: Vec<String>) {
        self.function = around;
    }
}

fn is_called(attribute: &syn::Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == name)
}
