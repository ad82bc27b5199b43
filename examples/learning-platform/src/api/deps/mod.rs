//! Providers: what endpoints ask for by type, and what is made from the request.

mod filters;
mod page;

pub use self::{
    filters::{ChapterFilterQuery, ChapterSort, chapter_filter},
    page::{PageQuery, page},
};
