//! Providers: functions that build the parameters of endpoints from the request.

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
