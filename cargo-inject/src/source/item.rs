//! What items of every kind have.

use syn::{Attribute, Ident, Item};

macro_rules! attributes {
    ($($kind:ident)*) => {
        /// The attributes of an item; none of what `syn` does not know.
        pub(crate) fn attributes_of(item: &Item) -> &[Attribute] {
            match item {
                $(Item::$kind(item) => &item.attrs,)*
                _ => &[],
            }
        }

        /// The attributes of an item, if it has any.
        pub(crate) fn attributes_mut_of(item: &mut Item) -> Option<&mut Vec<Attribute>> {
            match item {
                $(Item::$kind(item) => Some(&mut item.attrs),)*
                _ => None,
            }
        }
    };
}

attributes!(Const Enum ExternCrate Fn ForeignMod Impl Macro Mod Static Struct Trait TraitAlias Type Union Use);

/// The name that an item brings into its module; none of an impl block or a `use`.
pub(crate) fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(it) => Some(&it.ident),
        Item::Enum(it) => Some(&it.ident),
        Item::Fn(it) => Some(&it.sig.ident),
        Item::Macro(it) => it.ident.as_ref(),
        Item::Mod(it) => Some(&it.ident),
        Item::Static(it) => Some(&it.ident),
        Item::Struct(it) => Some(&it.ident),
        Item::Trait(it) => Some(&it.ident),
        Item::TraitAlias(it) => Some(&it.ident),
        Item::Type(it) => Some(&it.ident),
        Item::Union(it) => Some(&it.ident),
        _ => None,
    }
}
