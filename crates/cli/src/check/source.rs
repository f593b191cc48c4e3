//! Which documents are read, and their bytes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tariff::limits::DOCUMENT_BYTES_MAX;

use crate::failure::Failure;

/// The endings of documents in a folder.
const ENDINGS: [&str; 6] = ["txt", "text", "md", "markdown", "html", "htm"];

/// The documents named, folders taken apart in the order of their names.
pub fn documents(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut documents = Vec::new();
    for path in named {
        if !path.is_dir() {
            documents.push(path.clone());
            continue;
        }
        let unreadable =
            |e: io::Error| Failure::new(format!("cannot be read: {e}"), path.display(), "");
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let inner = entry.map_err(unreadable)?.path();
            let ending = inner.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
            if ending.is_some_and(|e| ENDINGS.contains(&e.as_str())) && inner.is_file() {
                inside.push(inner);
            }
        }
        if inside.is_empty() {
            let help = format!("documents end in .{}", ENDINGS.join(", ."));
            return Err(Failure::new("the folder holds no document", path.display(), help));
        }
        inside.sort();
        documents.extend(inside);
    }
    Ok(documents)
}

/// The bytes of a document, no more than one may have and one besides.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |e: io::Error| Failure::new(format!("cannot be read: {e}"), path.display(), "is it there?");
    let most = DOCUMENT_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        File::open(path)
            .and_then(|file| file.take(most).read_to_end(&mut bytes))
            .map_err(unreadable)?;
    }
    Ok(bytes)
}
