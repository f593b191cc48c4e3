//! `truce sql` hands over to a program of its own.

use std::process::Command;

#[test]
fn without_the_program_the_message_says_how_to_build_it() {
    // Alone in a folder, with nothing on the PATH.
    let folder = tempfile::tempdir().unwrap();
    let truce = folder.path().join("truce");
    std::fs::copy(env!("CARGO_BIN_EXE_truce"), &truce).unwrap();
    let run =
        Command::new(&truce).args(["sql", "select 1"]).env("PATH", folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2), "{told}");
    assert!(
        told.contains("`truce-sql`") && told.contains("cargo build --release -p sql"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn arguments_and_the_status_go_through() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let truce = folder.path().join("truce");
    std::fs::copy(env!("CARGO_BIN_EXE_truce"), &truce).unwrap();
    let program = folder.path().join("truce-sql");
    std::fs::write(&program, "#!/bin/sh\necho \"$TRUCE_LAW|$*\"\nexit 7\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = Command::new(&truce)
        .args(["--law", "some/law", "sql", "--known", "today", "select 1", "--help"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout), "some/law|--known today select 1 --help\n");
    assert_eq!(run.status.code(), Some(7));
}
