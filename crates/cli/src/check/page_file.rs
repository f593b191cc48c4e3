//! The page as a file: it grows beside its place and goes there when it is whole.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A page that is being written.
pub struct Page {
    part: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Page {
    pub fn new(path: &Path) -> Result<Page, Failure> {
        let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut part = tempfile::Builder::new();
        // As any file that a program writes: what the user's mask leaves of read and write.
        #[cfg(unix)]
        part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let part = part.tempfile_in(folder).map_err(|e| failure(path, e))?;
        Ok(Page { part: BufWriter::new(part), path: path.to_owned() })
    }

    pub fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.part.write_all(text.as_bytes()).map_err(|e| failure(&self.path, e))
    }

    /// Puts the page in its place.
    pub fn keep(self) -> Result<(), Failure> {
        let part = self.part.into_inner().map_err(|e| failure(&self.path, e.into_error()))?;
        part.persist(&self.path).map_err(|e| failure(&self.path, e.error))?;
        Ok(())
    }
}

fn failure(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(format!("cannot be written: {error}"), path.display(), "")
}
