//! What a document does not describe.

use std::{fmt, ops::Deref, slice};

use crate::operation::UndescribedPart;

/// List of the parts of an API that its document does not describe: see
/// [`Document::undescribed`](super::Document::undescribed).
///
/// It is a slice of [`UndescribedPart`]s. `Display` prints one on each line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Undescribed(Vec<UndescribedPart>);

impl Undescribed {
    /// Adds a part. The same part of several operations is listed once.
    pub(super) fn add(&mut self, part: UndescribedPart) {
        let is_same = |other: &&mut UndescribedPart| {
            (&other.what, &other.why, other.location) == (&part.what, &part.why, part.location)
        };
        match self.0.iter_mut().find(is_same) {
            Some(known) => {
                for operation in part.operations {
                    if !known.operations.contains(&operation) {
                        known.operations.push(operation);
                    }
                }
            }
            None => self.0.push(part),
        }
    }
}

impl Deref for Undescribed {
    type Target = [UndescribedPart];

    fn deref(&self) -> &[UndescribedPart] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Undescribed {
    type Item = &'a UndescribedPart;
    type IntoIter = slice::Iter<'a, UndescribedPart>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Undescribed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| writeln!(f, "{part}"))
    }
}
