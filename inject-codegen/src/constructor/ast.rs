//! Syntax: the impl block, its functions under `#[inject]`, and the attributes of their parameters.

use syn::{Attribute, FnArg, ImplItem, ItemImpl, PatType, Signature};

use crate::{attributes, dependency::FieldAttributes, stereotype::StereotypeArgs};

/// An impl block under a stereotype.
pub(crate) struct Ast {
    pub(super) args: StereotypeArgs,
    /// As written, without the attributes of this crate.
    pub(super) item: ItemImpl,
    pub(super) constructors: Vec<Constructor>,
}

/// A function under `#[inject]`.
pub(super) struct Constructor {
    /// More than one, where the user repeats it.
    pub(super) inject: Vec<Attribute>,
    pub(super) signature: Signature,
    pub(super) parameters: Vec<(PatType, FieldAttributes)>,
}

impl Ast {
    pub(super) fn read(args: StereotypeArgs, mut item: ItemImpl) -> Self {
        let mut constructors = Vec::new();
        for item in &mut item.items {
            let ImplItem::Fn(function) = item else {
                continue;
            };
            let inject = attributes::take(&mut function.attrs, "inject");
            if inject.is_empty() {
                continue;
            }
            let mut parameters = Vec::new();
            for parameter in &mut function.sig.inputs {
                if let FnArg::Typed(parameter) = parameter {
                    let attributes = FieldAttributes::take(&mut parameter.attrs);
                    parameters.push((parameter.clone(), attributes));
                }
            }
            constructors.push(Constructor { inject, signature: function.sig.clone(), parameters });
        }
        Self { args, item, constructors }
    }
}
