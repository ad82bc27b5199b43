//! Filter and order of a list of chapters.

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

/// Query parameters of a list of chapters, such as `?grade_level=all&search=light&sort=activity`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, Validate)]
#[serde(default, expecting = "`grade_level`, `author_id`, `published`, `search` and `sort`")]
#[into_params(parameter_in = Query)]
pub struct ChapterFilterQuery {
    /// Grade from 1 to 13, or `all`. The default is the own grade for students, and all grades for other users.
    #[garde(skip)]
    #[serde(deserialize_with = "grade_levels")]
    #[param(value_type = Option<String>, pattern = "^(all|[1-9]|1[0-3])$", example = "7")]
    pub grade_level: GradeLevels,
    /// Id of the author.
    #[garde(skip)]
    pub author_id: Option<i64>,
    /// `true` returns only published chapters, `false` only drafts. Students see no drafts, and teachers see only
    /// their own drafts.
    #[garde(skip)]
    pub published: Option<bool>,
    /// Text in the title or the summary. The search is not case-sensitive.
    #[garde(length(chars, max = 100), inner(custom(text)))]
    #[param(max_length = 100)]
    pub search: Option<String>,
    /// Order of the chapters.
    #[garde(skip)]
    #[param(inline)]
    pub sort: ChapterSort,
}

/// Order of a list of chapters.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChapterSort {
    /// Order of the chapters in the book.
    #[default]
    Number,
    /// Most recently changed chapter first.
    Activity,
}

/// Provider of the [`ChapterFilter`]. A parameter that is missing is `None`, and so is a blank `search`.
#[inject]
pub fn chapter_filter(Query(query): Query<ChapterFilterQuery>) -> ChapterFilter {
    let ChapterFilterQuery { grade_level, author_id, published, search, sort } = query;
    let search = search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let order = match sort {
        ChapterSort::Number => ChapterOrder::Number,
        ChapterSort::Activity => ChapterOrder::Activity,
    };
    ChapterFilter { grade_levels: grade_level, author_id, published, search, order }
}

/// Deserializes `all` or a number.
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
    fn an_empty_query_gives_the_default_filter() {
        assert_eq!(filter("").unwrap(), ChapterFilter::default());
        assert_eq!(filter("search=%20").unwrap(), ChapterFilter::default());
    }

    #[test]
    fn a_grade_level_is_a_number_or_all() {
        assert_eq!(filter("grade_level=all").unwrap().grade_levels, GradeLevels::All);
        assert_eq!(filter("grade_level=13").unwrap().grade_levels, GradeLevels::Only(13));
        for wrong in ["0", "14", "ALL", "", "seven"] {
            let error = filter(&format!("grade_level={wrong}")).unwrap_err();
            assert!(error.contains("`all` or a grade from 1 to 13"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_search_is_limited_in_length_and_characters() {
        assert_eq!(filter("search=light").unwrap().search.as_deref(), Some("light"));
        assert!(filter(&format!("search={}", "x".repeat(101))).is_err());
        assert!(filter("search=%00").unwrap_err().contains("control characters"));
    }
}
