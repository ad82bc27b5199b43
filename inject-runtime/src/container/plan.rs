//! Start order and cycles of a container, determined at compile time.
//!
//! All functions are `const fn`: they run in `cargo check`, once for each container, in time linear in the
//! number of edges. Recursion is only over components built in place, whose nesting the trait solver limits
//! anyway. From field to field, the search keeps an explicit stack, because rustc limits the depth of
//! constant calls.

use crate::{
    const_message::Message,
    graph::{Dependency, FieldNode, Node},
};

/// Start order of a container with `N` fields.
#[derive(Debug)]
pub struct Plan<const N: usize> {
    order: [usize; N],
    closes_cycle: [bool; N],
}

const UNSEEN: u8 = 0;
const OPEN: u8 = 1;
const DONE: u8 = 2;

impl<const N: usize> Plan<N> {
    /// Sorts `fields` so that dependencies come first, and records the fields at which a cycle closes.
    ///
    /// Depth-first search with an explicit stack. Fields without an order between them keep the order of
    /// their declaration.
    #[must_use]
    pub const fn of(fields: &[FieldNode; N]) -> Self {
        let mut plan = Self { order: [0; N], closes_cycle: [false; N] };
        let mut planned = 0;
        let mut state = [UNSEEN; N];
        let mut stack = [0; N];
        // For each entry of the stack, the number of dependencies already visited.
        let mut visited = [0; N];
        let mut root = 0;
        while root < N {
            let mut depth = 0;
            if state[root] == UNSEEN {
                state[root] = OPEN;
                stack[0] = root;
                visited[0] = 0;
                depth = 1;
            }
            while depth > 0 {
                let field = stack[depth - 1];
                match nth_field(fields[field].dependencies, visited[depth - 1]) {
                    Nth::Field(dependency) => {
                        visited[depth - 1] += 1;
                        if state[dependency] == UNSEEN {
                            state[dependency] = OPEN;
                            stack[depth] = dependency;
                            visited[depth] = 0;
                            depth += 1;
                        } else if state[dependency] == OPEN {
                            plan.closes_cycle[dependency] = true;
                        }
                    }
                    Nth::OutOf(_) => {
                        state[field] = DONE;
                        plan.order[planned] = field;
                        planned += 1;
                        depth -= 1;
                    }
                }
            }
            root += 1;
        }
        plan
    }

    /// Returns the fields in the order of construction.
    #[must_use]
    pub const fn order(&self) -> &[usize] {
        &self.order
    }

    /// Returns the error message for a cycle that closes at field `start`, if there is one.
    ///
    /// The caller panics with it: a panic in this function would show its stack frames to the user.
    #[must_use]
    pub const fn cycle(&self, fields: &[FieldNode; N], start: usize) -> Option<Message> {
        if !self.closes_cycle[start] {
            return None;
        }
        let (path, length) = path_back_to(fields, start);
        let mut message = Message::new();
        message.push("dependency cycle: ");
        let mut hop = 0;
        while hop < length {
            message.push(fields[path[hop]].ty);
            message.push(" -> ");
            push_components(
                &mut message,
                fields[path[hop]].dependencies,
                next(&path, length, hop),
                " -> ",
                false,
            );
            hop += 1;
        }
        message.push(fields[start].ty);
        hop = 0;
        while hop < length {
            message.push("\n  `");
            message.push(fields[path[hop]].name);
            message.push(": ");
            message.push(fields[path[hop]].ty);
            message.push("` at ");
            message.push_location(fields[path[hop]].location.file, fields[path[hop]].location.line);
            push_components(
                &mut message,
                fields[path[hop]].dependencies,
                next(&path, length, hop),
                "\n    through ",
                true,
            );
            hop += 1;
        }
        message.push("\n  break it: move what both need into a third component, or let one of them receive the other as an argument [inject/cycle]");
        Some(message)
    }
}

const fn next<const N: usize>(path: &[usize; N], length: usize, hop: usize) -> usize {
    path[(hop + 1) % length]
}

enum Nth {
    Field(usize),
    /// The number of fields, which is not greater than `n`.
    OutOf(usize),
}

/// Returns the `n`th field that `dependencies` reach, directly or through components built in place.
const fn nth_field(dependencies: &[Dependency], n: usize) -> Nth {
    let mut passed = 0;
    let mut i = 0;
    while i < dependencies.len() {
        match dependencies[i].node {
            Node::Field(field) | Node::InModule(field, _) => {
                if passed == n {
                    return Nth::Field(field);
                }
                passed += 1;
            }
            Node::Component(component) => match nth_field(component.dependencies, n - passed) {
                Nth::Field(field) => return Nth::Field(field),
                Nth::OutOf(count) => passed += count,
            },
        }
        i += 1;
    }
    Nth::OutOf(passed)
}

/// Returns a path from `start` through its dependencies back to `start`. Such a path must exist.
const fn path_back_to<const N: usize>(fields: &[FieldNode; N], start: usize) -> ([usize; N], usize) {
    let mut seen = [false; N];
    let mut path = [0; N];
    let mut visited = [0; N];
    path[0] = start;
    let mut depth = 1;
    while depth > 0 {
        match nth_field(fields[path[depth - 1]].dependencies, visited[depth - 1]) {
            Nth::Field(field) if field == start => return (path, depth),
            Nth::Field(field) => {
                visited[depth - 1] += 1;
                if !seen[field] {
                    seen[field] = true;
                    path[depth] = field;
                    visited[depth] = 0;
                    depth += 1;
                }
            }
            Nth::OutOf(_) => depth -= 1,
        }
    }
    (path, 1)
}

/// Returns whether `dependencies` reach `field`, directly or through components built in place.
const fn lead_to(dependencies: &[Dependency], field: usize) -> bool {
    let mut i = 0;
    while i < dependencies.len() {
        match dependencies[i].node {
            Node::Field(found) | Node::InModule(found, _) => {
                if found == field {
                    return true;
                }
            }
            Node::Component(component) => {
                if lead_to(component.dependencies, field) {
                    return true;
                }
            }
        }
        i += 1;
    }
    false
}

/// Appends the components built in place between a field and the next field of the cycle. If `located`,
/// each name follows `separator` and precedes its location; otherwise each name precedes `separator`.
const fn push_components(
    message: &mut Message,
    dependencies: &[Dependency],
    target: usize,
    separator: &str,
    located: bool,
) {
    let mut i = 0;
    while i < dependencies.len() {
        match dependencies[i].node {
            Node::Field(field) | Node::InModule(field, _) => {
                if field == target {
                    return;
                }
            }
            Node::Component(component) => {
                if lead_to(component.dependencies, target) {
                    // The summary leaves out the component from which an `Arc<Component>` is built.
                    let is_the_field = dependencies[i].name.is_none();
                    if located {
                        message.push(separator);
                        message.push(component.name);
                        message.push(" at ");
                        message.push_location(component.location.file, component.location.line);
                    } else if !is_the_field {
                        message.push(component.name);
                        message.push(separator);
                    }
                    push_components(message, component.dependencies, target, separator, located);
                    return;
                }
            }
        }
        i += 1;
    }
}

/// Rejects a cycle, in a constant.
///
/// rustc leaves `#[track_caller]` functions out of the frames that it prints, and underlines the call.
///
/// # Panics
///
/// If there is a cycle.
#[track_caller]
pub const fn reject_cycle(cycle: Option<Message>) {
    if let Some(message) = cycle {
        panic!("{}", message.as_str());
    }
}
