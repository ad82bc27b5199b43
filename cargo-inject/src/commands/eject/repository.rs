//! Whether git could bring a file back.

use std::{path::Path, process::Command};

/// Whether the file is as git knows it; if not, why: "has changes that are not committed".
pub(super) fn has_copy_of(file: &Path) -> Result<(), &'static str> {
    let folder = file.parent().unwrap_or(file);
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["status", "--porcelain", "--ignored", "--"]).arg(file);
    let output = git.output().ok().filter(|output| output.status.success());
    match output.as_ref().map(|output| output.stdout.as_slice()) {
        None => Err("is not in a git repository"),
        Some([]) => Ok(()),
        Some([b'?' | b'!', ..]) => Err("is not known to git"),
        Some(_) => Err("has changes that are not committed"),
    }
}
