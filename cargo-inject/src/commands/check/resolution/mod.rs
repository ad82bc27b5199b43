//! What paths mean: the modules of a package, the names in them, and what is used where.

mod lookup;
mod members;
mod uses;
mod world;

pub(crate) use self::{
    uses::{Use, uses},
    world::{CrateId, ModuleId, Path, World},
};
