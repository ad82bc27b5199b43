//! A method that takes a proof is not called without one.

use inject_runtime::{Authorized, service};

include!("../prelude.rs");

#[service]
pub struct Courses;

impl Courses {
    pub fn delete(&self, _by: &Authorized<roles::Admin>, _course: i64) {}
}

pub fn clean_up(courses: &Courses) {
    courses.delete(7);
}

fn main() {}
