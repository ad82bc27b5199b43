//! Which chapters are asked for.

use std::fmt;

use garde::Validate;
use inject_runtime::inject;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::extract::Query,
    models::content::{ChapterFilter, ChapterOrder, GradeLevels},
    schemas::text,
};

/// `?grade_level=all&search=light&sort=activity`
#[derive(Clone, Debug, Default, Deserialize, IntoParams, Validate)]
#[serde(default, expecting = "`grade_level`, `author_id`, `published`, `search` and `sort`")]
#[into_params(parameter_in = Query)]
pub struct ChapterFilterQuery {
    /// A grade, from 1 to 13, or `all`. Without it, students get what is written for their grade, and everybody else gets all.
    #[garde(skip)]
    #[serde(deserialize_with = "grade_levels")]
    #[param(value_type = Option<String>, pattern = "^(all|[1-9]|1[0-3])$", example = "7")]
    pub grade_level: GradeLevels,
    /// The number of an author.
    #[garde(skip)]
    pub author_id: Option<i64>,
    /// `true`: only those that are published; `false`: only drafts. Students see no drafts, and teachers none of others.
    #[garde(skip)]
    pub published: Option<bool>,
    /// A text in the heading or in the summary; in whatever case.
    #[garde(length(chars, max = 100), inner(custom(text)))]
    #[param(max_length = 100)]
    pub search: Option<String>,
    /// In which order.
    #[garde(skip)]
    #[param(inline)]
    pub sort: ChapterSort,
}

/// The order of a list of chapters.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChapterSort {
    /// As in the book.
    #[default]
    Number,
    /// What was changed last comes first.
    Activity,
}

/// Which chapters: what was not said is `None`, and a blank text to search for is nothing to search for.
#[inject]
pub fn chapter_filter(Query(query): Query<ChapterFilterQuery>) -> ChapterFilter {
    let ChapterFilterQuery { grade_level, author_id, published, search, sort } = query;
    let search = search.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let order = match sort {
        ChapterSort::Number => ChapterOrder::Number,
        ChapterSort::Activity => ChapterOrder::Activity,
    };
    ChapterFilter { grade_levels: grade_level, author_id, published, search, order }
}

/// `all`, or a number.
fn grade_levels<'de, D: Deserializer<'de>>(deserializer: D) -> Result<GradeLevels, D::Error> {
    struct Grade;

    impl Visitor<'_> for Grade {
        type Value = GradeLevels;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("`all` or a grade from 1 to 13")
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<GradeLevels, E> {
            match (value, value.parse()) {
                ("all", _) => Ok(GradeLevels::All),
                (_, Ok(grade @ 1..=13)) => Ok(GradeLevels::Only(grade)),
                _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
            }
        }
    }

    deserializer.deserialize_str(Grade)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(query: &str) -> Result<ChapterFilter, String> {
        let uri = format!("/chapters?{query}").parse().unwrap();
        let query = axum::extract::Query::<ChapterFilterQuery>::try_from_uri(&uri);
        let query = query.map_err(|error| error.body_text())?.0;
        query.validate().map_err(|report| report.to_string())?;
        Ok(chapter_filter(Query(query)))
    }

    #[test]
    fn nothing_said_is_nothing_filtered() {
        assert_eq!(filter("").unwrap(), ChapterFilter::default());
        assert_eq!(filter("search=%20").unwrap(), ChapterFilter::default());
    }

    #[test]
    fn a_grade_is_a_number_or_all() {
        assert_eq!(filter("grade_level=all").unwrap().grade_levels, GradeLevels::All);
        assert_eq!(filter("grade_level=13").unwrap().grade_levels, GradeLevels::Only(13));
        for wrong in ["0", "14", "ALL", "", "seven"] {
            let error = filter(&format!("grade_level={wrong}")).unwrap_err();
            assert!(error.contains("`all` or a grade from 1 to 13"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_search_has_an_end() {
        assert_eq!(filter("search=light").unwrap().search.as_deref(), Some("light"));
        assert!(filter(&format!("search={}", "x".repeat(101))).is_err());
        assert!(filter("search=%00").unwrap_err().contains("control characters"));
    }
}
