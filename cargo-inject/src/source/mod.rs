//! The sources of a crate, as rustc would see them: which files its modules are in, and what is there with the features of today.
//!
//! ```text
//! Selected --target--> Target --walk/load--> file --parse--> Parsed --survey--> Module, and the files of the modules below
//! ```
//!
//! Only what is written is seen: a module that a macro call declares, an `include!`, and items in the bodies of functions are not.

mod cfg;
mod directory;
mod features;
mod file;
mod item;
mod module;
mod problem;
mod survey;
mod target;
mod tree;
mod walk;

pub(crate) use self::{
    cfg::Conditions,
    file::SourceFile,
    item::{attributes_mut_of, attributes_of, name_of},
    module::{Module, ModulePath},
    problem::{Problem, Problems},
    target::{Target, TargetChoice},
    tree::Tree,
    walk::walk,
};

#[cfg(test)]
mod tests;
