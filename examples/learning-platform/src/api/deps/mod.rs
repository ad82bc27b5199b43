//! Providers: what endpoints ask for by type, and what is made from the request.

mod client;
mod filters;
mod page;
mod reader;
mod user;

pub use self::{
    client::{ClientAddress, client_address},
    filters::{ChapterFilterQuery, ChapterSort, chapter_filter},
    page::{PageQuery, page},
    reader::reader,
    user::{active_user, current_user, user_filter},
};
