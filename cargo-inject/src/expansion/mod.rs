//! Expansion of the runtime's macros: the code of `inject-codegen`, run on the sources.
//!
//! ```text
//! Item --names, attributes--> uses of macros --run--> generated items --changes, format--> edits of the file
//! ```
//!
//! An expansion is a list of edits. The user's code stays as it is, with its comments and its layout, and the generated code is added below
//! it. `expand` shows the edited text, and `eject` writes it.

mod attributes;
mod changes;
mod edits;
mod find;
mod format;
mod hygiene;
mod item;
mod krate;
mod names;
mod pretty;
mod run;
mod view;

pub(crate) use self::{
    edits::{Edit, apply},
    find::{FoundItem, NotFound, list},
    item::{Expansion, Purpose, Style},
    krate::Crate,
    names::NamesError,
    view::View,
};
