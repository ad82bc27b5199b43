//! `cargo inject completions`: each script, in the shell that it is for.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::Command,
};

/// Output of a shell that runs `commands` after it has read the completions; `None` if the shell is not installed.
fn completed(shell: &str, arguments: &[&str], commands: &str) -> Option<String> {
    let run = cargo_inject::run(Path::new("."), &["completions", shell]).unwrap();
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("script"), run.stdout).unwrap();
    fs::write(folder.path().join("commands"), commands).unwrap();
    let mut command = Command::new(shell);
    command.args(arguments).arg("commands").current_dir(folder.path()).env("HOME", folder.path());
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // Not captured by the test harness.
            _ = writeln!(io::stderr(), "did not run: {shell} is not installed");
            return None;
        }
        Err(error) => panic!("{shell}: {error}"),
    };
    let [text, errors] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success() && errors.is_empty(), "{shell}: {text}{errors}");
    Some(text)
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Calls the registered function as bash does, and prints the answer.
const BASH: &str = r#"
other() { COMPREPLY=(build bench); }
complete -F other cargo
source ./script
complete_line() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMP_LINE="$*"
    COMP_POINT=${#COMP_LINE}
    COMPREPLY=()
    local registered
    registered=$(complete -p "$1")
    [[ $registered =~ -F\ ([^ ]+) ]]
    "${BASH_REMATCH[1]}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    echo "${COMPREPLY[*]}"
}
complete_line cargo inject ex
complete_line cargo-inject ex
complete_line cargo inject check --format ""
complete_line cargo-inject check --format ""
complete_line cargo b
complete_line cargo in
source ./script
complete_line cargo b
"#;

#[test]
fn bash() {
    let Some(text) = completed("bash", &["--norc"], BASH) else { return };
    let lines: Vec<_> = text.lines().map(words).collect();
    assert_eq!(lines[0], ["expand", "explain"]);
    assert_eq!(lines[1], lines[0]);
    assert_eq!(lines[2], ["text", "json", "sarif"]);
    assert_eq!(lines[3], lines[2]);
    // The function that cargo had stays, also after the script is read again.
    assert_eq!(lines[4], ["build", "bench"]);
    assert!(lines[5].contains(&"inject"), "{text}");
    assert_eq!(lines[6], lines[4]);
}

/// Completes in a terminal of its own, as there is no other way in zsh: the widget prints the matches.
const ZSH: &str = r#"
zmodload zsh/zpty
complete_line() {
    zpty -d shell 2> /dev/null
    zpty shell zsh -f -i
    zpty -w shell "PROMPT=; autoload -Uz compinit && compinit -u -D; $2"
    zpty -w shell "source ./script"
    zpty -w shell "zstyle ':completion:*' list-prompt ''; LISTMAX=1000; COLUMNS=200; unsetopt list_beep"
    zpty -w shell "zle -C complete-line complete-word complete_all"
    zpty -w shell 'compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
        local -a hits; builtin compadd -O hits "$@"; (( $#hits )) && print -r -- "MATCH ${hits[*]}" >> ./matches; builtin compadd "$@" }'
    zpty -w shell "complete_all() { _main_complete; print -r -- END >> ./matches }; bindkey '^I' complete-line; echo READY"
    local output
    zpty -r -m shell output '*READY*READY*' || true
    : > ./matches
    zpty -n -w shell "$1"$'\t'
    local try
    for try in {1..100}; do
        [[ -s ./matches ]] && grep -q END ./matches && break
        sleep 0.1
    done
    echo "LINE ${(f)$(sed -n 's/^MATCH //p' ./matches | tr '\n' ' ')}"
    zpty -d shell
}
complete_line "cargo inject ex" ""
complete_line "cargo-inject ex" ""
complete_line "cargo inject check --format " ""
complete_line "cargo in" ""
# cargo's own function calls that of the subcommand.
complete_line "cargo inject ex" '_cargo() { shift words; (( CURRENT-- )); _cargo-${words[1]} }; compdef _cargo cargo'
"#;

#[test]
fn zsh() {
    let Some(text) = completed("zsh", &["-f"], ZSH) else { return };
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("LINE")).map(words).collect();
    assert_eq!(lines.len(), 5, "{text}");
    for line in [0, 1, 4] {
        assert_eq!(lines[line], ["expand", "explain"], "{text}");
    }
    assert_eq!(lines[2], ["text", "json", "sarif"], "{text}");
    assert_eq!(lines[3], ["inject"], "{text}");
}

const FISH: &str = r#"
source ./script
for line in "cargo inject ex" "cargo-inject ex" "cargo inject check --format " "cargo-inject check --format " "cargo inj"
    echo LINE (complete --do-complete $line | string split --fields 1 \t)
end
"#;

#[test]
fn fish() {
    let Some(text) = completed("fish", &["--no-config"], FISH) else { return };
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("LINE")).map(words).collect();
    assert_eq!(lines.len(), 5, "{text}");
    for line in [0, 1] {
        assert_eq!(lines[line], ["expand", "explain"], "{text}");
    }
    for line in [2, 3] {
        let mut formats = lines[line].clone();
        formats.sort_unstable();
        assert_eq!(formats, ["json", "sarif", "text"], "{text}");
    }
    assert_eq!(lines[4], ["inject"], "{text}");
}
