//! Seed of an empty database: users of each role, a small textbook, and some reading progress.
//!
//! The seed uses the same services as requests do, in a separate unit of work: either all of it is inserted, or
//! nothing. `--bin seed` shows the progress. In development, the server runs the seed when it starts with an empty
//! database.

use std::sync::Arc;

use inject_runtime::{Authorized, Inject, RequestScope, ScopeError, service};
use jiff::Timestamp;

use crate::{
    app::App,
    core::{
        page::Page,
        security::{ActiveUser, Password, PasswordError, Passwords, UserRole, roles},
    },
    models::user::{NewUser, User, UserFilter},
    repositories::{StorageError, user::UserRepository},
    services::{
        ServiceError,
        content::{ChapterText, ContentService},
        progress::ProgressService,
    },
};

/// Password of all accounts in development. It is published, so the server does not start in production while an account
/// of the seed has it.
pub const PASSWORD: &str = "development-only";

/// Number of further attempts if another program writes at the same time.
const ATTEMPTS: usize = 3;

/// Account that the seed has created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Email address for the login.
    pub email: &'static str,
    /// Role of the user.
    pub role: UserRole,
}

/// Summary of the inserted data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedSummary {
    /// Accounts that were created.
    pub accounts: Vec<Account>,
    /// Number of chapters.
    pub chapters: usize,
}

/// Progress of the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Number of completed steps.
    pub done: usize,
    /// Number of all steps.
    pub total: usize,
    /// Name of the step that was completed last.
    pub name: &'a str,
}

/// Error returned when the seed fails. The database is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A file of the book has an invalid format.
    #[error("{0:?} does not consist of a heading, a summary and a text")]
    Text(&'static str),
    /// A service failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The unit of work could not be committed.
    #[error(transparent)]
    Scope(#[from] ScopeError),
}

impl SeedError {
    /// Returns whether another program has written at the same time.
    fn is_contention(&self) -> bool {
        matches!(
            self,
            Self::Storage(StorageError::Conflict(_) | StorageError::Unavailable(_))
                | Self::Service(ServiceError::Storage(
                    StorageError::Conflict(_) | StorageError::Unavailable(_)
                ))
        )
    }
}

/// Fills the database with the development password, if it has no accounts. Returns `None` if it has accounts.
///
/// # Errors
///
/// Returns an error if the database is not available or rejects the data. The database is then unchanged.
pub async fn run_if_empty(app: &Arc<App>) -> Result<Option<SeedSummary>, SeedError> {
    run(app, PASSWORD, |_| {}).await
}

/// Fills the database with another password, if it has no accounts, and calls `observe` after each step.
///
/// # Errors
///
/// Returns the errors of [`run_if_empty`].
pub async fn run(
    app: &Arc<App>,
    password: &str,
    observe: impl FnMut(Step<'_>),
) -> Result<Option<SeedSummary>, SeedError> {
    let mut observe = observe;
    let mut attempts = 0;
    loop {
        let attempt = async |mut service: SeedService| service.run(password, &mut observe).await;
        match RequestScope::of(app).run(attempt).await {
            // Another program fills the database at the same time: the next attempt finds its accounts.
            Err(error) if error.is_contention() && attempts < ATTEMPTS => attempts += 1,
            result => return result,
        }
    }
}

/// Returns the active accounts of the seed that have the development password.
///
/// # Errors
///
/// Returns an error if the database is not available.
pub async fn accounts_with_published_password(app: &Arc<App>) -> Result<Vec<&'static str>, SeedError> {
    RequestScope::of(app).run(async |mut service: SeedService| service.with_published_password().await).await
}

/// Service that inserts the data. The container injects its dependencies, as for any other service.
#[service(scope = request)]
struct SeedService {
    users: UserRepository,
    content: ContentService,
    progress: ProgressService,
    passwords: Inject<Arc<Passwords>>,
}

impl SeedService {
    async fn with_published_password(&mut self) -> Result<Vec<&'static str>, SeedError> {
        let mut found = Vec::new();
        for Person { email, .. } in &PEOPLE {
            let user = self.users.find_by_email(email).await?.filter(User::is_active);
            let Some(user) = user else { continue };
            if self.passwords.verify(Password::from(PASSWORD), Some(user.password_hash)).await? {
                found.push(*email);
            }
        }
        Ok(found)
    }

    async fn run(
        &mut self,
        password: &str,
        mut observe: impl FnMut(Step<'_>),
    ) -> Result<Option<SeedSummary>, SeedError> {
        // Locks SQLite, so that another program that starts at the same time waits here.
        self.users.lock_admins().await?;
        let page = Page { limit: 1, offset: 0 };
        if self.users.list(&UserFilter::default(), page).await?.total > 0 {
            return Ok(None);
        }
        let total = PEOPLE.len() + BOOK.len() + READINGS.len();
        let mut done = 0;
        let mut step = |name: &str| {
            done += 1;
            observe(Step { done, total, name });
        };

        // One hash for all accounts: hashing is slow, and the password is public.
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
        // Proofs of the role, as the services require them. The admin also has the role, but is not an author in the
        // seed.
        let teachers: Vec<Authorized<roles::Teacher>> = people
            .iter()
            .filter(|user| user.0.role == UserRole::Teacher)
            .filter_map(|user| Authorized::check(user.clone()).ok())
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
            let reader = people.iter().find(|user| user.0.email == reading.reader);
            if let (Some(reader), Some(&chapter)) = (reader, chapters.get(reading.chapter)) {
                self.progress.advance(reader, chapter, reading.percent).await?;
            }
            step(reading.reader);
        }
        let accounts =
            PEOPLE.iter().map(|person| Account { email: person.email, role: person.role }).collect();
        Ok(Some(SeedSummary { accounts, chapters: chapters.len() }))
    }
}

/// User to insert.
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

/// Chapter to insert, as a file with `# heading`, a paragraph as the summary, and the text.
struct Draft {
    file: &'static str,
    grade_level: i64,
    /// Whether the chapter is published.
    is_finished: bool,
}

impl Draft {
    fn chapter(&self) -> Result<ChapterText, SeedError> {
        let mut parts = self.file.trim().splitn(3, "\n\n");
        let title = parts.next().and_then(|line| line.strip_prefix("# "));
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

/// Reading progress to insert. `chapter` is an index into the book, starting at 0.
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
    fn every_chapter_has_a_summary_and_several_paragraphs() {
        for draft in &BOOK {
            let chapter = draft.chapter().unwrap();
            let paragraphs = chapter.body.split("\n\n").count();
            assert!((3..=6).contains(&paragraphs), "{}: {paragraphs}", chapter.title);
            assert!(chapter.summary.ends_with('.') && !chapter.summary.contains('\n'), "{}", chapter.title);
        }
    }

    #[test]
    fn every_reading_refers_to_a_student_and_a_published_chapter() {
        for reading in &READINGS {
            let reader = PEOPLE.iter().find(|person| person.email == reading.reader).unwrap();
            assert_eq!(reader.role, UserRole::Student);
            assert!(BOOK[reading.chapter].is_finished);
        }
    }

    #[test]
    fn a_file_with_an_invalid_format_is_rejected() {
        let draft = Draft { file: "Fractions\n\nNo heading.", grade_level: 5, is_finished: true };
        assert_eq!(
            draft.chapter().unwrap_err().to_string(),
            "\"Fractions\" does not consist of a heading, a summary and a text"
        );
    }
}
