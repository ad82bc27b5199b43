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
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Mod(item) => Some(&item.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
