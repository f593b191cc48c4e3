use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Finding, Ledger, Source};

/// The files of a ledger, by path relative to its folder.
pub type Files = BTreeMap<String, String>;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder of the workspace: `law`, `tests/ledgers/picks`.
pub fn files(folder: &str) -> Files {
    let folder = root().join(folder);
    let mut files = Files::new();
    collect(&folder, &folder, &mut files);
    assert!(!files.is_empty(), "no ledger in {}", folder.display());
    files
}

fn collect(folder: &Path, top: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, top, files);
        } else if path.extension().is_some_and(|e| e == "toml" || e == "csv") {
            let name = path.strip_prefix(top).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

pub fn findings(files: &Files) -> Vec<Finding> {
    Ledger::load(&Source::new(files.clone())).1
}

/// Findings one below the other, for a failure's message.
pub fn listed(findings: &[Finding]) -> String {
    findings.iter().map(|f| format!("  {f}\n")).collect()
}
