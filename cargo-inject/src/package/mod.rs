//! Package that a command works on: which one, with which features, and which target of it.

mod features;
mod selection;
mod target;

pub(crate) use self::{
    selection::{PackageError, Selected, Selection},
    target::TargetChoice,
};
