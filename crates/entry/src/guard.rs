//! Damaged files: the decoders of other projects may panic on bytes that no writer makes.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Does the work; `None` where it panicked, which is then not shown to anyone.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                others(info);
            }
        }));
    });
    let before = GUARDED.replace(true);
    // What the work left behind is not used again: its file is given up.
    let done = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    GUARDED.set(before);
    done
}
