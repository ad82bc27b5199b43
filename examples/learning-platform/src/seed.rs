//! Fills an empty database: people of each role, a little textbook, and what some of them have read of it.
//!
//! It goes through the same services as requests do, in a unit of work of its own: all of it is there afterwards, or nothing. `--bin seed`
//! shows how far it is; the server does it by itself when it starts with an empty database in development.

use std::sync::Arc;

use inject_runtime::{Authorized, Inject, RequestScope, ScopeError, service};
use jiff::Timestamp;

use crate::{
    app::App,
    core::{
        page::Page,
        security::{ActiveUser, Password, PasswordError, Passwords, UserRole, roles},
    },
    models::user::{NewUser, UserFilter},
    repositories::{StorageError, user::UserRepository},
    services::{
        ServiceError,
        content::{ChapterText, ContentService},
        progress::ProgressService,
    },
};

/// What everybody's password is who is made in development.
pub const PASSWORD: &str = "development-only";

/// Somebody who can log in now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What to log in with.
    pub email: &'static str,
    /// What they may do.
    pub role: UserRole,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// Who can log in now.
    pub accounts: Vec<Account>,
    /// How many chapters there are.
    pub chapters: usize,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// How many steps are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// What was done last.
    pub what: &'a str,
}

/// Why nothing is there that was not there before.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A text of the book is not as it should be.
    #[error("{0:?} is not a heading, a summary and a text")]
    Text(&'static str),
    /// A service did not do its part.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The database did not do its part.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// It could not be done, or not be kept.
    #[error(transparent)]
    Scope(#[from] ScopeError),
}

/// Fills the database, if nobody has an account yet; `None` if somebody has. Everybody gets that password.
///
/// # Errors
///
/// The database is not available, or refuses; then it is as empty as before.
pub async fn if_empty(app: &Arc<App>) -> Result<Option<Seeded>, SeedError> {
    run(app, PASSWORD, |_| {}).await
}

/// The same, with another password, and telling `observe` about each step.
///
/// # Errors
///
/// As those of [`if_empty`].
pub async fn run(
    app: &Arc<App>,
    password: &str,
    observe: impl FnMut(Step<'_>),
) -> Result<Option<Seeded>, SeedError> {
    RequestScope::of(app).run(async |mut seeding: Seeding| seeding.run(password, observe).await).await
}

/// Does it. A service like any other: the container puts it together.
#[service(scope = request)]
struct Seeding {
    users: UserRepository,
    content: ContentService,
    progress: ProgressService,
    passwords: Inject<Arc<Passwords>>,
}

impl Seeding {
    async fn run(
        &mut self,
        password: &str,
        mut observe: impl FnMut(Step<'_>),
    ) -> Result<Option<Seeded>, SeedError> {
        let page = Page { limit: 1, offset: 0 };
        if self.users.list(&UserFilter::default(), page).await?.total > 0 {
            return Ok(None);
        }
        let total = PEOPLE.len() + BOOK.len() + READINGS.len();
        let mut done = 0;
        let mut step = |what: &str| {
            done += 1;
            observe(Step { done, total, what });
        };

        // One hash for all: it takes its time, and these are no secrets.
        let hash = self.passwords.hash(Password::from(password)).await?;
        let mut people = Vec::new();
        for person in &PEOPLE {
            let new = NewUser {
                email: person.email.to_owned(),
                name: person.name.to_owned(),
                role: person.role,
                grade_level: person.grade_level,
                password_hash: hash.clone(),
            };
            people.push(ActiveUser(self.users.insert(new, Timestamp::now()).await?));
            step(person.name);
        }

        let mut chapters = Vec::new();
        // The proof that requests are asked for; an admin is no author here, though one may write.
        let teachers: Vec<Authorized<roles::Teacher>> = people
            .iter()
            .filter(|it| it.0.role == UserRole::Teacher)
            .filter_map(|it| Authorized::check(it.clone()).ok())
            .collect();
        for (author, draft) in teachers.iter().cycle().zip(&BOOK) {
            let chapter = self.content.write(author, draft.chapter()?).await?.chapter;
            if draft.is_finished {
                self.content.publish(author, chapter.id).await?;
            }
            chapters.push(chapter.id);
            step(&chapter.title);
        }

        for reading in &READINGS {
            let reader = people.iter().find(|it| it.0.email == reading.reader);
            if let (Some(reader), Some(&chapter)) = (reader, chapters.get(reading.chapter)) {
                self.progress.advance(reader, chapter, reading.percent).await?;
            }
            step(reading.reader);
        }
        let accounts = PEOPLE.iter().map(|it| Account { email: it.email, role: it.role }).collect();
        Ok(Some(Seeded { accounts, chapters: chapters.len() }))
    }
}

/// Somebody who gets an account.
struct Person {
    email: &'static str,
    name: &'static str,
    role: UserRole,
    grade_level: Option<i64>,
}

impl Person {
    const fn new(email: &'static str, name: &'static str, role: UserRole, grade_level: Option<i64>) -> Self {
        Self { email, name, role, grade_level }
    }
}

const PEOPLE: [Person; 6] = [
    Person::new("admin@example.org", "Alex", UserRole::Admin, None),
    Person::new("ines@example.org", "Ines", UserRole::Teacher, None),
    Person::new("jonas@example.org", "Jonas", UserRole::Teacher, None),
    Person::new("lea@example.org", "Léa", UserRole::Student, Some(5)),
    Person::new("mia@example.org", "Mia", UserRole::Student, Some(7)),
    Person::new("noah@example.org", "Noah", UserRole::Student, Some(9)),
];

/// A chapter of the book, as a file: `# heading`, a paragraph as the summary, and the text.
struct Draft {
    file: &'static str,
    grade_level: i64,
    /// Students can read it.
    is_finished: bool,
}

impl Draft {
    fn chapter(&self) -> Result<ChapterText, SeedError> {
        let mut parts = self.file.trim().splitn(3, "\n\n");
        let title = parts.next().and_then(|it| it.strip_prefix("# "));
        let (Some(title), Some(summary), Some(body)) = (title, parts.next(), parts.next()) else {
            return Err(SeedError::Text(self.file.lines().next().unwrap_or_default()));
        };
        Ok(ChapterText {
            title: title.to_owned(),
            summary: summary.to_owned(),
            body: body.to_owned(),
            grade_level: self.grade_level,
        })
    }
}

macro_rules! draft {
    ($file:literal, grade $grade_level:literal $(, $unfinished:ident)?) => {
        Draft {
            file: include_str!(concat!("../seed/", $file, ".md")),
            grade_level: $grade_level,
            is_finished: draft!($($unfinished)?),
        }
    };
    () => { true };
    (unfinished) => { false };
}

const BOOK: [Draft; 13] = [
    draft!("fractions", grade 5),
    draft!("water-cycle", grade 5),
    draft!("volcanoes-and-earthquakes", grade 6),
    draft!("photosynthesis", grade 7),
    draft!("percentages", grade 7),
    draft!("printing-press", grade 7),
    draft!("electric-circuits", grade 8),
    draft!("periodic-table", grade 8),
    draft!("newtons-laws", grade 9),
    draft!("pythagoras", grade 9),
    draft!("natural-selection", grade 10),
    draft!("quadratic-equations", grade 10),
    draft!("derivatives", grade 11, unfinished),
];

/// Who has read what, counted from 0, and how far.
struct Reading {
    reader: &'static str,
    chapter: usize,
    percent: i64,
}

impl Reading {
    const fn new(reader: &'static str, chapter: usize, percent: i64) -> Self {
        Self { reader, chapter, percent }
    }
}

const READINGS: [Reading; 7] = [
    Reading::new("lea@example.org", 0, 60),
    Reading::new("mia@example.org", 3, 100),
    Reading::new("mia@example.org", 4, 35),
    Reading::new("mia@example.org", 8, 10),
    Reading::new("noah@example.org", 3, 100),
    Reading::new("noah@example.org", 8, 80),
    Reading::new("noah@example.org", 9, 100),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_is_a_book() {
        for draft in &BOOK {
            let chapter = draft.chapter().unwrap();
            let paragraphs = chapter.body.split("\n\n").count();
            assert!((3..=6).contains(&paragraphs), "{}: {paragraphs}", chapter.title);
            assert!(chapter.summary.ends_with('.') && !chapter.summary.contains('\n'), "{}", chapter.title);
        }
    }

    #[test]
    fn everybody_who_reads_is_there_and_so_is_what_they_read() {
        for reading in &READINGS {
            let reader = PEOPLE.iter().find(|it| it.email == reading.reader).unwrap();
            assert_eq!(reader.role, UserRole::Student);
            assert!(BOOK[reading.chapter].is_finished);
        }
    }

    #[test]
    fn what_is_no_chapter_is_refused() {
        let draft = Draft { file: "Fractions\n\nNo heading.", grade_level: 5, is_finished: true };
        assert_eq!(
            draft.chapter().unwrap_err().to_string(),
            "\"Fractions\" is not a heading, a summary and a text"
        );
    }
}
