//! The proof of one role is not the proof of another.

use inject_runtime::Authorized;

include!("../prelude.rs");

pub fn delete(_by: &Authorized<roles::Admin>) {}

pub fn by_student(student: &Authorized<roles::Student>) {
    delete(student);
}

fn main() {}
