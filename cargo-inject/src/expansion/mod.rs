//! What the macros of ours make of the sources: the code of `inject-codegen`, run on what is written.
//!
//! ```text
//! Item --names--> uses of macros of ours --attributes, derives, calls--> generated items --changes, format--> edits of the file
//! ```
//!
//! An expansion is a list of edits: what the user has written stays as it is, with its comments and its layout, and what the macros have
//! written is put below it. `expand` shows the edited text, and `eject` writes it.

mod attributes;
mod calls;
mod changes;
mod derives;
mod edits;
mod errors;
mod find;
mod format;
mod hygiene;
mod item;
mod krate;
mod macros;
mod names;
mod pretty;
mod scope;
mod uses;
mod view;

pub(crate) use self::{
    edits::{Edit, apply},
    find::{Found, NotFound},
    item::{Expansion, Purpose, Style},
    krate::Crate,
    view::View,
};
