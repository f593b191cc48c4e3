//! Work without Python's lock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

/// How long Ctrl-C may wait until it is noticed.
const PATIENCE: Duration = Duration::from_millis(100);

/// Does the work on another thread, while other threads of Python run; Ctrl-C sets the flag that the work is
/// given, and is raised when the work has ended.
pub fn apart<T: Send>(py: Python<'_>, work: impl FnOnce(&AtomicBool) -> T + Send) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    py.detach(|| {
        thread::scope(|scope| {
            let (done, result) = sync_channel(1);
            let flag = &stop;
            let worker = scope.spawn(move || {
                let _ = done.send(work(flag));
            });
            let mut interrupted = None;
            loop {
                match result.recv_timeout(PATIENCE) {
                    Ok(made) => return interrupted.map_or(Ok(made), Err),
                    Err(RecvTimeoutError::Timeout) => {
                        if let Err(signal) = Python::attach(|py| py.check_signals()) {
                            stop.store(true, Ordering::Relaxed);
                            interrupted = Some(signal);
                        }
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            match worker.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => unreachable!("a worker that ends has sent its result"),
            }
        })
    })
}

/// As many threads as were asked for, or one for each core.
pub fn threads(asked: Option<usize>) -> Result<usize, crate::error::Fault> {
    truce::assess::threads(asked).map_err(Into::into)
}
