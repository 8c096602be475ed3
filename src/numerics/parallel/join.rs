//! Pairs of tasks of some microseconds, which two threads share many times in a row.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long an idle thread keeps stealing tasks; it finishes a task that it has begun by then. The
/// time is bounded because a stolen task may be half of another pair, whose other half waits, lower
/// on some stack, for this thread.
const AWAKE: Duration = Duration::from_micros(200);

/// How deeply a thread nests stolen tasks. One training needs two; several trainings in one pool
/// would otherwise each begin the next one on the same stack.
const DEEPEST_HELP: usize = 3;

thread_local! {
    /// The number of stolen tasks that this thread is nested in.
    static HELPING: Cell<usize> = const { Cell::new(0) };
}

/// [`rayon::join`] for tasks of microseconds: the thread that finishes first keeps stealing tasks
/// for a while instead of going to sleep, because waking up takes longer than such a task.
pub(crate) fn join_awake<A, B>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B)
where
    A: Send,
    B: Send,
{
    let done = [const { AtomicBool::new(false) }; 2];
    let [first_done, second_done] = &done;
    rayon::join(
        || run(first, first_done, second_done),
        || run(second, second_done, first_done),
    )
}

/// [`join_awake`] if the work is to be shared, else one after the other.
pub(crate) fn join_if<A, B>(
    shared: bool,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B)
where
    A: Send,
    B: Send,
{
    if shared {
        join_awake(first, second)
    } else {
        (first(), second())
    }
}

/// Runs one task of a pair, then stays awake until the other has ended.
fn run<T>(work: impl FnOnce() -> T, mine: &AtomicBool, other: &AtomicBool) -> T {
    let result = {
        let _done = SetOnDrop(mine);
        work()
    };
    help_until(|| other.load(Ordering::Acquire));
    result
}

/// Keeps another thread of the pool awake while one thread works alone between two pairs of tasks.
#[derive(Debug, Default)]
pub(crate) struct StandBy {
    ended: AtomicUsize,
}

impl StandBy {
    /// This stand-by in a scope of rayon.
    pub(crate) fn of<'a, 'scope>(
        &'scope self,
        scope: &'a rayon::Scope<'scope>,
    ) -> ScopedStandBy<'a, 'scope> {
        ScopedStandBy {
            ended: &self.ended,
            scope,
        }
    }
}

/// A [`StandBy`] in a scope of rayon.
#[derive(Clone, Copy)]
pub(crate) struct ScopedStandBy<'a, 'scope> {
    ended: &'scope AtomicUsize,
    scope: &'a rayon::Scope<'scope>,
}

impl<'scope> ScopedStandBy<'_, 'scope> {
    /// Another thread steals tasks until the returned guard is dropped, or for [`AWAKE`].
    pub(crate) fn begin(&self) -> EndOnDrop<'scope> {
        let (ended, own) = (self.ended, rayon::current_thread_index());
        let before = ended.load(Ordering::Acquire);
        self.scope.spawn(move |_| {
            if rayon::current_thread_index() != own {
                help_until(|| ended.load(Ordering::Acquire) != before);
            }
        });
        EndOnDrop(ended)
    }
}

/// Ends the stand-by when it is dropped.
#[must_use]
pub(crate) struct EndOnDrop<'scope>(&'scope AtomicUsize);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

/// Steals tasks of the pool until `done`, or for [`AWAKE`].
fn help_until(done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() && started.elapsed() < AWAKE {
        let Some(_helping) = Helping::begin() else {
            return;
        };
        if rayon::yield_now() != Some(rayon::Yield::Executed) {
            std::thread::yield_now();
        }
    }
}

/// Counts a stolen task of this thread until it is dropped.
struct Helping;

impl Helping {
    /// `None` if this thread is nested too deeply already.
    fn begin() -> Option<Self> {
        let depth = HELPING.get();
        (depth < DEEPEST_HELP).then(|| {
            HELPING.set(depth + 1);
            Self
        })
    }
}

impl Drop for Helping {
    fn drop(&mut self) {
        HELPING.set(HELPING.get() - 1);
    }
}

/// Sets a flag even if the work panics.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_done_on_any_number_of_threads() {
        for threads in [1, 2, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let sum = pool.build().unwrap().install(|| {
                let nested = |n: u64| join_awake(|| n, || join_awake(|| n, || 1));
                (0..1000).map(|n| nested(n).1.1 + nested(n).0).sum::<u64>()
            });
            assert_eq!(sum, 1000 + 999 * 1000 / 2);
        }
    }

    /// Pairs whose halves are stolen below each other do not deadlock.
    #[test]
    fn many_pairs_at_once_end() {
        use rayon::prelude::*;
        let busy = |n: u64| (0..8).into_par_iter().map(|i| i * n).sum::<u64>();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
        let sum: u64 = pool.build().unwrap().install(|| {
            let pair = |n: u64| join_awake(|| busy(n), || busy(n)).0;
            (0..10_000).into_par_iter().map(pair).sum()
        });
        assert_eq!(sum, 28 * (9_999 * 10_000 / 2));
    }

    /// A waiting thread does not begin all other tasks below it on its stack.
    #[test]
    fn help_is_not_nested_deeply() {
        let deepest = AtomicUsize::new(0);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
        pool.build().unwrap().scope(|scope| {
            for _ in 0..5000 {
                scope.spawn(|_| {
                    deepest.fetch_max(HELPING.get(), Ordering::Relaxed);
                    help_until(|| false);
                });
            }
        });
        assert_eq!(deepest.into_inner(), DEEPEST_HELP);
    }

    #[test]
    fn a_panic_is_passed_on() {
        let work = || join_awake(|| 1, || -> u8 { panic!("on purpose") });
        assert!(std::panic::catch_unwind(work).is_err());
        let work = || join_awake(|| -> u8 { panic!("on purpose") }, || 1);
        assert!(std::panic::catch_unwind(work).is_err());
    }
}
