//! Work cut into pieces that are known beforehand: threads take them as they come, the results are taken
//! in order.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::failure::Failure;

/// Does `work` for each of `count` pieces on `threads` threads, each with what `make` gives it, and hands
/// the results to `take` in the order of the pieces. Only so many pieces are under way that memory stays
/// bounded; the first error ends it.
///
/// # Errors
/// What `work` or `take` return.
pub fn in_order<W, T: Send>(
    count: usize,
    threads: usize,
    make: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, usize) -> Result<T, Failure> + Sync,
    mut take: impl FnMut(T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (give, tasks) = sync_channel(threads);
    let tasks = Mutex::new(tasks);
    let (order, results) = sync_channel(threads + 2);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut worker = make();
                loop {
                    let task = tasks.lock().ok().and_then(|tasks| tasks.recv().ok());
                    let Some((piece, done)) = task else { return };
                    let done: std::sync::mpsc::SyncSender<Result<T, Failure>> = done;
                    let _ = done.send(work(&mut worker, piece));
                }
            });
        }
        scope.spawn(move || {
            (0..count).try_for_each(|piece| {
                let (done, result) = sync_channel(1);
                // Whoever takes the results may have given up.
                order.send(result).ok()?;
                give.send((piece, done)).ok()
            })
        });
        results.into_iter().try_for_each(|result| match result.recv() {
            Ok(made) => take(made?),
            Err(_) => Err(Failure::new("a worker gave up", "", "this is a defect: report it")),
        })
    })
}

/// As many threads as the machine runs at once.
pub fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
