//! How the workers of all processes talk to each other: every worker takes each of these steps, and
//! none goes on before all have.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use timely::dataflow::InputHandle;
use timely::dataflow::operators::vec::Map;
use timely::dataflow::operators::{Exchange, Input, Probe};
use timely::worker::Worker;

use super::Result;
use super::connect::Lost;

/// Bytes that are sent at a time; timely puts some 200 of these chunks into one message.
const CHUNK: usize = 1 << 16;
/// How long a worker sleeps if nothing comes.
const PAUSE: Duration = Duration::from_millis(100);

/// To whom, from whom, which piece of a value, and its bytes.
type Chunk = (u64, u64, u64, Vec<u8>);
/// The pieces of the values that have come, by their senders and their order.
type Chunks = BTreeMap<(u64, u64), Vec<u8>>;

/// A worker among those of all processes.
pub(super) struct Peers<'w> {
    worker: &'w mut Worker,
    limit: Duration,
}

impl<'w> Peers<'w> {
    /// The worker, which waits for others no longer than the limit.
    pub(super) fn new(worker: &'w mut Worker, limit: Duration) -> Self {
        Self { worker, limit }
    }

    /// Number of this worker, from 0; the workers of a process follow each other.
    pub(super) fn index(&self) -> usize {
        self.worker.index()
    }

    /// Number of workers.
    pub(super) fn number(&self) -> usize {
        self.worker.peers()
    }

    /// How long the worker waits for others.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// The value of the first worker, for all; the others have none.
    pub(super) fn broadcast<T>(&mut self, value: Option<T>) -> Result<T>
    where
        T: Serialize + DeserializeOwned,
    {
        let received = self.exchange(value.as_ref(), 1..self.number())?;
        match value {
            Some(value) => Ok(value),
            None => read(&received, 0),
        }
    }

    /// The values of all workers, in their order, for all.
    pub(super) fn all_gather<T>(&mut self, value: T) -> Result<Vec<T>>
    where
        T: Serialize + DeserializeOwned,
    {
        let received = self.exchange(Some(&value), 0..self.number())?;
        (0..self.number())
            .map(|from| read(&received, from))
            .collect()
    }

    /// The values of all workers, merged in the order of the workers, for the first one: not in the
    /// order of their arrival, on which the rounding of sums would depend.
    pub(super) fn reduce<T>(
        &mut self,
        value: T,
        mut merge: impl FnMut(&mut T, T) -> Result<()>,
    ) -> Result<Option<T>>
    where
        T: Serialize + DeserializeOwned,
    {
        let first = self.index() == 0;
        let received = self.exchange((!first).then_some(&value), 0..1)?;
        if !first {
            return Ok(None);
        }
        let mut sum = value;
        for from in 1..self.number() {
            merge(&mut sum, read(&received, from)?)?;
        }
        Ok(Some(sum))
    }

    /// Waits for all workers to come here.
    pub(super) fn barrier(&mut self) -> Result<()> {
        self.exchange::<()>(None, 0..0).map(|_| ())
    }

    /// Sends a value to some workers, and returns what has come from any. timely tells when nothing
    /// more can come; a worker that is lost keeps that from happening.
    fn exchange<T: Serialize>(&mut self, value: Option<&T>, to: Range<usize>) -> Result<Chunks> {
        let received = Rc::new(RefCell::new(Chunks::new()));
        let sink = Rc::clone(&received);
        let mut input = InputHandle::new();
        let probe = self.worker.dataflow::<(), _, _>(|scope| {
            let chunks = scope.input_from(&mut input).container::<Vec<Chunk>>();
            let arrived = chunks
                .exchange(|chunk| chunk.0)
                .map(move |(_, from, piece, bytes)| {
                    sink.borrow_mut().insert((from, piece), bytes);
                });
            arrived.probe().0
        });
        if let Some(value) = value {
            let from = self.index() as u64;
            let send = |piece, bytes: &[u8]| {
                for to in to.clone() {
                    input.send((to as u64, from, piece, bytes.to_vec()));
                }
            };
            let mut writer = BufWriter::with_capacity(CHUNK, Pieces { send, sent: 0 });
            ciborium::into_writer(value, &mut writer)?;
            writer.flush()?;
        }
        input.close();
        let waiting = Instant::now();
        while !probe.done() {
            self.worker.step_or_park(Some(PAUSE));
            if waiting.elapsed() > self.limit {
                let seconds = self.limit.as_secs();
                return Err(Lost::Silent { seconds }.into());
            }
        }
        Ok(received.take())
    }
}

/// Sends what is written to it, one piece after another.
struct Pieces<S> {
    send: S,
    sent: u64,
}

impl<S: FnMut(u64, &[u8])> Write for Pieces<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.send)(self.sent, bytes);
        self.sent += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The value that a worker has sent.
fn read<T: DeserializeOwned>(received: &Chunks, from: usize) -> Result<T> {
    let from = from as u64;
    let pieces = received.range((from, 0)..=(from, u64::MAX));
    let bytes: Vec<u8> = pieces.flat_map(|(_, piece)| piece).copied().collect();
    Ok(ciborium::from_reader(&bytes[..])?)
}
