//! Several folds at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use crate::observer::{Event, Observer};

/// Does the tasks, `jobs` at a time, and calls `done` on this thread with what each has given, in
/// the order in which they end.
///
/// One job works on this thread and tells the observer all events.
pub(super) fn do_tasks<T: Send>(
    tasks: &[usize],
    jobs: usize,
    observer: &mut dyn Observer,
    work: impl Fn(usize, &mut dyn Observer) -> T + Sync,
    mut done: impl FnMut(usize, T, &mut dyn Observer),
) {
    if jobs > 1 {
        return in_parallel(tasks, jobs, observer, work, done);
    }
    for &task in tasks {
        let outcome = work(task, observer);
        done(task, outcome, observer);
    }
}

/// Does the tasks on other threads.
///
/// A task's observer knows after every event whether the one of this thread has asked to stop. The
/// events themselves are not passed on, because those of several tasks would be mixed up.
fn in_parallel<T: Send>(
    tasks: &[usize],
    jobs: usize,
    observer: &mut dyn Observer,
    work: impl Fn(usize, &mut dyn Observer) -> T + Sync,
    mut done: impl FnMut(usize, T, &mut dyn Observer),
) {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(observer.should_stop()));
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(tasks.len()) {
            let (sender, next, stop, work) = (sender.clone(), &next, &stop, &work);
            scope.spawn(move || {
                while let Some(&task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut remote = Remote {
                        sender: &sender,
                        stop,
                    };
                    let outcome = work(task, &mut remote);
                    // the receiver waits for all senders
                    let _ = sender.send(Message::Done(task, outcome));
                }
            });
        }
        drop(sender);
        for message in receiver {
            if let Message::Done(task, outcome) = message {
                done(task, outcome, observer);
            }
            stop.store(observer.should_stop(), Ordering::Relaxed);
        }
    });
}

/// What a task tells the thread that waits for it.
enum Message<T> {
    /// Something has happened, so that the observer may be asked whether to stop.
    Event,
    Done(usize, T),
}

/// The observer of a task.
struct Remote<'a, T> {
    sender: &'a Sender<Message<T>>,
    stop: &'a AtomicBool,
}

impl<T> Observer for Remote<'_, T> {
    fn observe(&mut self, _: &Event) {
        let _ = self.sender.send(Message::Event);
    }

    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
