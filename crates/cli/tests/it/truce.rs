use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the project, where a user stands.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A finished run.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `truce` with the arguments of a line (no quoting: use [`truce_with`] for that).
pub fn truce(line: &str) -> Run {
    truce_with(&line.split_whitespace().collect::<Vec<_>>())
}

pub fn truce_with(arguments: &[&str]) -> Run {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_truce"))
        .args(arguments)
        .current_dir(root())
        .env_remove("TRUCE_LAW")
        // No official descriptions: they are on some machines and not on others.
        .env("TRUCE_DATA", "no-such-folder")
        .output()
        .expect("truce starts");
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: settled(&String::from_utf8_lossy(&output.stdout)),
        stderr: settled(&String::from_utf8_lossy(&output.stderr)),
    }
}

/// Takes out what changes with every edit of the law: the digest, whole or its first digits.
fn settled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("blake3:") {
        let (before, from) = rest.split_at(at + "blake3:".len());
        out.push_str(before);
        let digits = from.chars().take_while(char::is_ascii_hexdigit).count();
        out.push_str(if digits == 64 || digits == 12 { "[digest]" } else { &from[..digits] });
        rest = &from[digits..];
    }
    out.push_str(rest);
    out
}

/// The run as a snapshot shows it.
impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "status {}", self.status)?;
        if !self.stdout.is_empty() {
            write!(f, "--- stdout\n{}", self.stdout)?;
        }
        if !self.stderr.is_empty() {
            write!(f, "--- stderr\n{}", self.stderr)?;
        }
        Ok(())
    }
}
