//! `cargo inject completions`

use std::fmt::Write as _;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::{
    error::{Error, Outcome},
    session::Session,
};

/// Prints a script that completes `cargo inject` and `cargo-inject` in a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  echo 'source <(cargo inject completions bash)' >> ~/.bashrc
  echo 'source <(cargo inject completions zsh)' >> ~/.zshrc            after compinit
  cargo inject completions fish > ~/.config/fish/conf.d/cargo-inject.fish

Exit status: 0 success, 2 error")]
pub(crate) struct Arguments {
    /// Shell
    shell: Shell,
}

/// Runs the command. `program` is the command line of `cargo-inject`, and `cargo` that of cargo with the subcommand.
pub(crate) fn run(
    arguments: &Arguments,
    session: &Session,
    program: Command,
    cargo: Command,
) -> Result<Outcome, Error> {
    session.print(&script(arguments.shell, program, cargo))?;
    Ok(Outcome::Success)
}

fn script(shell: Shell, mut program: Command, mut cargo: Command) -> String {
    if shell == Shell::Bash {
        // In the script of `clap_complete`, a hyphen in the name of the program separates subcommands. The function gets a name without
        // one, and completes the program with one.
        let script = generated(shell, &mut program, "cargo_inject");
        return script.replace(" -o default cargo_inject\n", " -o default cargo-inject\n") + BASH;
    }
    let mut script = generated(shell, &mut program, "cargo-inject");
    match shell {
        Shell::Zsh => script.push_str(ZSH),
        // Completions of a command add up in fish.
        Shell::Fish => _ = write!(script, "\n{}", generated(shell, &mut cargo, "cargo")),
        _ => {}
    }
    script
}

fn generated(shell: Shell, command: &mut Command, name: &str) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// bash has one completion function for each command: this one calls the function that cargo has already for all other subcommands.
const BASH: &str = r#"
_cargo_with_inject() {
    if [[ ${COMP_CWORD} -gt 1 && ${COMP_WORDS[1]} == inject ]]; then
        COMP_WORDS=(cargo-inject "${COMP_WORDS[@]:2}")
        COMP_CWORD=$((COMP_CWORD - 1))
        _cargo_inject cargo-inject "$2" "$3"
    else
        [[ -z ${_cargo_without_inject} ]] || "${_cargo_without_inject}" "$@"
        if [[ ${COMP_CWORD} -eq 1 && inject == "$2"* ]]; then
            COMPREPLY+=(inject)
        fi
    fi
}
if ! complete -p cargo &> /dev/null && declare -F _completion_loader > /dev/null; then
    _completion_loader cargo &> /dev/null || true
fi
_cargo_registered=$(complete -p cargo 2> /dev/null)
if [[ ${_cargo_registered} =~ \ -F\ ([^ ]+) && ${BASH_REMATCH[1]} != _cargo_with_inject ]]; then
    _cargo_without_inject=${BASH_REMATCH[1]}
fi
unset _cargo_registered
complete -F _cargo_with_inject -o bashdefault -o default cargo
"#;

/// The completion function of cargo calls `_cargo-inject` for `cargo inject`. This one stands in where cargo has none.
const ZSH: &str = r"
_cargo_with_inject() {
    if (( CURRENT > 2 )) && [[ ${words[2]} == inject ]]; then
        shift words
        (( CURRENT-- ))
        words[1]=cargo-inject
        _cargo-inject
    else
        compadd inject
    fi
}
if (( ! ${+_comps[cargo]} )); then
    compdef _cargo_with_inject cargo
fi
";
