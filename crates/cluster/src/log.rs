//! What Ballista tells goes to standard error; `TRUCE_LOG` says from which level on.

use log::{LevelFilter, Log, Metadata, Record};

struct Stderr;

impl Log for Stderr {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        eprintln!("{} {}: {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

/// Begins to tell: `off`, `error`, `warn` (the default), `info`, `debug`.
pub fn begin() {
    static STDERR: Stderr = Stderr;
    let level = std::env::var("TRUCE_LOG").ok().and_then(|level| level.parse().ok());
    if log::set_logger(&STDERR).is_ok() {
        log::set_max_level(level.unwrap_or(LevelFilter::Warn));
    }
}
