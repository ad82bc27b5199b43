//! Sources of a crate, as rustc sees them: the files of its modules, and the items that the selected features leave.
//!
//! ```text
//! Target --walk/load--> file --parse--> Parsed --survey--> Module, and the files of the modules below
//! ```
//!
//! Only code that is written in the files is seen. A module that a macro call declares, an `include!`, and modules in the bodies of
//! functions are not.

mod cfg;
mod file;
mod module;
pub(crate) mod names;
mod survey;
mod walk;

pub(crate) use self::{
    cfg::Conditions,
    file::{Problem, Problems, SourceFile, Target},
    module::{Module, ModulePath, attributes_mut_of, attributes_of, name_of},
    walk::{Tree, walk},
};

#[cfg(test)]
mod tests;
