//! Progress of long work: a bar on the terminal, nothing elsewhere.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over this many of something (`lines`, `files`); with a message, what is done now.
pub fn progress(count: u64, of: &str) -> ProgressBar {
    // One of something is not long work.
    if !io::stderr().is_terminal() || count < 2 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::stderr());
    let form = format!("{{bar:30}} {{human_pos}} of {{human_len}} {of}, {{eta}} left {{msg}}");
    if let Ok(style) = ProgressStyle::with_template(&form) {
        bar.set_style(style);
    }
    bar
}
