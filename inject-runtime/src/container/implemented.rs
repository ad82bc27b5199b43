//! Ports and the types that implement them.

/// Port that `T` implements: `dyn Users`. A stereotype on a trait implements it, since only rustc knows how a
/// `Box<T>` becomes a `Box<dyn Users>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a port that `{T}` implements",
    label = "expected an implementation of the port",
    note = "[inject/port] a port is a trait under a stereotype, such as `#[repository(scope = request)]`; for another trait, `Port::from` takes a box"
)]
pub trait ImplementedBy<T> {
    /// Converts the implementation to the port.
    fn port(implementation: Box<T>) -> Box<Self>;
}
