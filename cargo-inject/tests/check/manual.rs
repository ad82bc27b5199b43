//! Examples of the manual: the rules are valid, and the reports are those of the command.

use std::{fs, path::Path};

use super::sample::{check, crate_of, write};

/// Blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/check.md");
    let manual = fs::read_to_string(manual).expect("the manual");
    let opening = format!("```{language}\n");
    let rest = manual.split(&*opening).skip(1);
    rest.map(|block| block.split_once("\n```").expect("the end of the block").0.to_owned()).collect()
}

#[test]
fn rules() {
    let (baselines, rules): (Vec<_>, Vec<_>) =
        blocks("toml").into_iter().partition(|block| block.starts_with("known"));
    assert_eq!((rules.len(), baselines.len()), (6, 1));
    for rules in rules {
        assert!(rules.contains("[package.metadata.inject."), "{rules}");
        let checked = check(crate_of(&rules, &[]).path(), &[]);
        // The crate is empty, so the patterns cover nothing; a mistake in a rule would be an error.
        assert_eq!((checked.status, &*checked.stderr), (1, ""), "{rules}");
        assert!(
            checked.stdout.lines().any(|line| line.starts_with("error[unmatched]: ")),
            "{}",
            checked.stdout
        );
    }
}

#[test]
fn the_baseline() {
    let folder = crate_of("[package.metadata.inject]\nrules = []\n", &[]);
    write(
        &folder,
        "inject-baseline.toml",
        &blocks("toml").into_iter().find(|block| block.starts_with("known")).unwrap(),
    );
    let checked = check(folder.path(), &[]);
    assert!(
        checked.stdout.starts_with("error[stale]: `crate::services::reports` no longer breaks"),
        "{}",
        checked.stdout
    );
}

#[test]
fn reports() {
    let rules = blocks("toml").into_iter().find(|block| block.contains("no-sql-in-services")).unwrap();
    let rule = rules.split("\n\n").next().unwrap();
    let users = [
        &*"\n".repeat(10),
        "pub fn find() {\n    let _ = sqlx::query(\"SELECT 1\");\n",
        &"\n".repeat(18),
        "    sqlx::query(\"SELECT 2\");\n}\n",
    ];
    let files =
        [("src/lib.rs", "pub mod services { pub mod users; }"), ("src/services/users.rs", &users.concat())];
    let folder = crate_of(&format!("{rule}\nallow-unmatched = true\n"), &files);
    let reported = |format: &str| check(folder.path(), &["--format", format]).stdout;

    // The summary is that of a larger crate.
    let first = |text: &str| text.split_once("\n\n").unwrap().0.to_owned();
    assert_eq!(first(&reported("text")), first(&blocks("text")[0]));

    let violation = |text: &str| {
        let report: serde_json::Value = serde_json::from_str(text).expect("JSON");
        (report["version"].clone(), report["packages"][0]["violations"][0].clone())
    };
    let (version, mut violated) = violation(&reported("json"));
    violated["places"].as_array_mut().unwrap().truncate(1);
    assert_eq!((version, violated), violation(&blocks("json")[0]));
}
