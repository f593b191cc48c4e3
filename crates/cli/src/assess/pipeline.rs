//! Pieces of files worked on side by side, their results taken in order.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use entry::{FileError, Piece};

use crate::assess::input::Inputs;
use crate::failure::Failure;

/// What one thread does. It is made in its thread and never leaves it.
pub trait Worker {
    /// What it makes of a piece.
    type Out: Send;
    /// What it gathered over all its pieces.
    type End: Send;
    /// # Errors
    /// When the file is damaged in this piece.
    fn piece(&mut self, source: usize, piece: &Piece) -> std::result::Result<Self::Out, FileError>;
    fn end(self) -> Self::End;
}

type Result<T> = std::result::Result<T, Failure>;

struct Task<O> {
    source: usize,
    piece: Piece,
    done: SyncSender<Result<O>>,
}

/// One thread cuts the files into pieces, `threads` work on them, and `take` gets the results in the
/// order of the files. Only so many pieces are under way that memory stays bounded.
///
/// Which thread works on which piece is left to chance: nothing that comes out in order may depend
/// on what its worker saw before, and what the workers gathered is to be merged so that the order
/// does not matter.
pub fn run<W: Worker>(
    inputs: &Inputs,
    threads: usize,
    make: impl Fn() -> W + Sync,
    mut take: impl FnMut(W::Out) -> Result<()>,
) -> Result<Vec<W::End>> {
    let failure =
        |source: usize| move |e: FileError| Failure::new(e.message, inputs.name(source), e.help);
    let (give, tasks) = sync_channel::<Task<W::Out>>(threads);
    let tasks = Mutex::new(tasks);
    let (order, results) = sync_channel::<Result<Receiver<Result<W::Out>>>>(threads + 2);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut worker = make();
                    while let Some(task) = next(&tasks) {
                        let out = worker.piece(task.source, &task.piece);
                        let _ = task.done.send(out.map_err(failure(task.source)));
                    }
                    worker.end()
                })
            })
            .collect();
        scope.spawn(move || {
            for (source, file) in inputs.sources().iter().enumerate() {
                let cut = file.pieces(|piece| {
                    let (done, result) = sync_channel(1);
                    order.send(Ok(result)).is_ok()
                        && give.send(Task { source, piece, done }).is_ok()
                });
                if let Err(error) = cut {
                    let _ = order.send(Err(failure(source)(error)));
                    return;
                }
            }
        });
        let taken = results.into_iter().try_for_each(|result| match result?.recv() {
            Ok(out) => take(out?),
            Err(_) => Err(Failure::new("a worker gave up", "", "this is a defect: report it")),
        });
        let ends = workers.into_iter().map(|worker| {
            worker
                .join()
                .map_err(|_| Failure::new("a worker gave up", "", "this is a defect: report it"))
        });
        let ends: Result<Vec<W::End>> = ends.collect();
        taken.and(ends)
    })
}

fn next<O>(tasks: &Mutex<Receiver<Task<O>>>) -> Option<Task<O>> {
    tasks.lock().ok()?.recv().ok()
}
