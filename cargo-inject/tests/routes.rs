//! `cargo inject routes`, by the program.

#[path = "fixtures/mod.rs"]
mod fixtures;

use fixtures::{errors, inject, manifest, quickstart, said};
use serde_json::Value;

fn school(arguments: &[&str]) -> std::process::Output {
    inject("routes", &manifest("school"), arguments)
}

/// `METHOD PATH` of the known routes in a table.
fn listed(table: &str) -> Vec<String> {
    let known = table.lines().skip(1).filter(|line| !line.starts_with('?'));
    let routes = known.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
    routes.collect()
}

#[test]
fn routes_are_a_table_with_their_policies() {
    let output = school(&[]);
    let expected = "\
METHOD  PATH                HANDLER                      POLICY                                     INJECTS
GET     /courses            list                         public                                     Arc<Courses>
GET     /me                 me                           authenticated: CurrentUser                 CurrentUser
POST    /courses            add                          Teacher                                    CurrentUser, Arc<Courses>
GET     /courses/{id}/work  work                         Student | Teacher
DELETE  /courses/{id}       remove                       authenticated: Authorized<roles::Admin>    Authorized<roles::Admin>
GET     /admin/users        users                        public + Admin
GET     /admin/open         open                         public
GET     /metrics            metrics                      public + Authorized<Teacher> + KeyChecked
?       /*                  axum::Router, src/web.rs:49  not known
";
    assert_eq!(said(&output), expected);
    assert_eq!(errors(&output), "");
}

#[test]
fn policies_guards_and_proofs_decide_which_routes_a_role_reaches() {
    let without_role = ["GET /courses", "GET /me", "GET /courses/{id}/work", "GET /admin/open"];
    let mut student = listed(&said(&school(&["--role", "Student"])));
    assert_eq!(student, without_role);
    let mut teacher = listed(&said(&school(&["--role", "UserRole::Teacher"])));
    teacher.sort();
    student.extend(["POST /courses".to_owned(), "GET /metrics".to_owned()]);
    student.sort();
    assert_eq!(teacher, student);
    // `Admin` implies `Teacher`.
    let admin = listed(&said(&school(&["--role", "Admin"])));
    assert_eq!(admin.len(), 8);
    let unknown = school(&["--role", "Studnet"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(errors(&unknown), "error: there is no role `Studnet`: did you mean `Student`?\n");
}

#[test]
fn denied_public_routes_are_found() {
    let output = school(&["--deny-public", "/admin/*", "--deny-public", "/nothing"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = errors(&output);
    assert!(
        errors.contains(
            "error: GET /admin/open is public, and `/admin/*` denies it: `school::web::open`, src/web.rs:33\n"
        ),
        "{errors}"
    );
    assert!(errors.contains("note: no route matches `/nothing`\n"), "{errors}");
    let unseen = "note: `--deny-public` does not see the routes of `/*`, axum::Router, src/web.rs:49: axum does not disclose them\n";
    assert!(errors.contains(unseen), "{errors}");
    assert!(!errors.contains("/admin/users"), "the route has a guard: {errors}");
    for pattern in ["/admin/users", "/me*"] {
        assert_eq!(school(&["--deny-public", pattern]).status.code(), Some(0), "{pattern}");
    }
    assert_eq!(school(&["--deny-public", "["]).status.code(), Some(2));
}

#[test]
fn public_routes_can_be_allowed_one_by_one() {
    let arguments = ["--deny-public", "*", "--allow-public", "/courses", "--allow-public", "/gone"];
    let output = school(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let text = errors(&output);
    assert!(text.contains("error: GET /admin/open is public, and `*` denies it"), "{text}");
    assert!(text.contains("note: no route matches `/gone`\n"), "{text}");
    assert_eq!(text.matches("is public, and").count(), 1, "{text}");
    let output = school(&["--deny-public", "*", "--allow-public", "/courses", "--allow-public", "/admin/o*"]);
    assert_eq!((output.status.code(), errors(&output).contains("error:")), (Some(0), false));
    assert_eq!(school(&["--allow-public", "/courses"]).status.code(), Some(2));
}

/// It has a transaction, and reaches the pool through it alone.
#[test]
fn the_quickstart_does_not_wait_for_the_pool_of_its_transaction() {
    let output = inject("routes", &quickstart(), &["--deny-hold-and-wait"]);
    assert_eq!((output.status.code(), errors(&output).as_str()), (Some(0), ""));
}

#[test]
fn the_table_is_also_data_and_markdown() {
    let json: Value = serde_json::from_str(&said(&school(&["--format", "json"]))).expect("JSON");
    assert_eq!(json["routes"][3]["policy"]["any_of"], serde_json::json!(["Student", "Teacher"]));
    assert_eq!(json["routes"][3]["declared_at"], "src/web.rs:24");
    let unknown = serde_json::json!({
        "path": "/*", "source": "merged", "guards": [], "arounds": [], "checks": [],
        "declared_at": "src/web.rs:49"
    });
    assert_eq!(json["plain_routers"], serde_json::json!([unknown]));
    assert_eq!(
        json["roles"],
        serde_json::json!([
            "school::auth::UserRole::Admin",
            "school::auth::UserRole::Teacher",
            "school::auth::UserRole::Student"
        ])
    );
    let markdown = said(&school(&["--format", "markdown"]));
    assert!(
        markdown.contains("| GET | `/courses/{id}/work` | `work` | Student \\| Teacher |  |\n"),
        "{markdown}"
    );
    assert!(
        markdown.ends_with("| ? | `/*` | `axum::Router, src/web.rs:49` | not known |  |\n"),
        "{markdown}"
    );
}

#[test]
fn the_quickstart_is_listed() {
    let table = said(&inject("routes", &quickstart(), &[]));
    let routes = ["GET /books", "POST /books", "GET /books/{id}", "PUT /books/{id}/finished"];
    assert_eq!(listed(&table), routes);
    let last = table.lines().last().expect("a row");
    assert!(
        last.starts_with("?       /*") && last.contains("map_router, ") && last.contains("src/routes.rs:"),
        "{table}"
    );
}

#[test]
fn a_crate_without_routes_is_refused() {
    let output = inject("routes", &manifest("broken"), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        errors(&output),
        "error: `broken` has no function for its routes: `pub fn routes() -> Routes<App>`\n"
    );
}

#[test]
fn help_has_an_example() {
    let help = inject("routes", &quickstart(), &["--help"]);
    assert!(said(&help).contains("cargo inject routes --role Student"));
}
