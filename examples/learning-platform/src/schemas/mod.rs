//! What goes over the wire: requests, validated, and responses. Never a model, so that what is added to a model is not told to everybody.

mod page;

pub use self::page::PageOf;
