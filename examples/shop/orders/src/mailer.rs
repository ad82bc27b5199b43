//! The port behind which an application puts an adapter.

use std::{io, pin::Pin};

use inject_runtime::{in_layer, layer::Common, repository};

/// Mail to a customer.
#[in_layer(Common)]
#[derive(Clone, Debug)]
pub struct Mail {
    /// Address of the customer.
    pub to: String,
    /// Text of the mail.
    pub text: String,
}

/// Future of a mail that is being sent.
pub type Sending<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;

/// Port for mail. It is in the layer of repositories, so that its implementations may be infrastructure.
#[repository]
pub trait Mailer: Send + Sync {
    /// Sends a mail.
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a>;
}
