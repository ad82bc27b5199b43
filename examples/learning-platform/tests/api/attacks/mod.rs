//! Attacks on the application: what an anonymous client or a student can send.

mod credentials;
mod floods;
mod mutations;
mod paths;
