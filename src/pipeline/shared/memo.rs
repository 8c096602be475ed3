//! Results that are kept for those who ask again.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The last few results, each with its key.
#[derive(Debug)]
pub(super) struct Memo {
    capacity: usize,
    /// The one that was asked for last is the last.
    kept: Mutex<Vec<(u64, Arc<dyn Any + Send + Sync>)>>,
}

impl Memo {
    /// Keeps so many results, at least one.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            kept: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// The result of this key, or else what `make` gives, which is kept if it is whole. Others may
    /// ask meanwhile: they make their own.
    pub(super) fn get<T, E>(
        &self,
        key: u64,
        make: impl FnOnce() -> Result<T, E>,
        is_whole: impl FnOnce() -> bool,
    ) -> Result<Arc<T>, E>
    where
        T: Send + Sync + 'static,
    {
        if let Some(found) = self.find(key) {
            return Ok(found);
        }
        let made = Arc::new(make()?);
        if !is_whole() {
            return Ok(made);
        }
        // another may have been faster
        if let Some(found) = self.find(key) {
            return Ok(found);
        }
        let mut kept = self.lock();
        if kept.len() >= self.capacity {
            kept.remove(0);
        }
        kept.push((key, made.clone()));
        Ok(made)
    }

    fn find<T: Send + Sync + 'static>(&self, key: u64) -> Option<Arc<T>> {
        let mut kept = self.lock();
        let place = kept
            .iter()
            .position(|(other, kept)| *other == key && kept.is::<T>())?;
        let entry = kept.remove(place);
        let found = entry.1.clone().downcast().ok();
        kept.push(entry);
        found
    }

    /// A panic while it was locked leaves it whole.
    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Arc<dyn Any + Send + Sync>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn the_last_few_are_kept() {
        let memo = Memo::new(2);
        let made = std::cell::Cell::new(0);
        let get = |key: u64| {
            let make = || {
                made.set(made.get() + 1);
                Ok(10 * key)
            };
            let result: Result<Arc<u64>, Infallible> = memo.get(key, make, || true);
            *result.unwrap()
        };
        assert_eq!([get(1), get(2), get(1)], [10, 20, 10]);
        assert_eq!(made.get(), 2);
        // 2 was asked for longest ago
        assert_eq!([get(3), get(1)], [30, 10]);
        assert_eq!(made.get(), 3);
        assert_eq!(get(2), 20);
        assert_eq!(made.get(), 4);
    }

    #[test]
    fn faults_and_parts_are_not_kept() {
        let memo = Memo::new(1);
        let fault: Result<Arc<u8>, &str> = memo.get(7, || Err("no"), || true);
        assert_eq!(fault, Err("no"));
        let get = |value: u8, whole: bool| memo.get(7, || Ok::<u8, &str>(value), || whole).unwrap();
        // nor is what was cut short
        assert_eq!([*get(1, false), *get(2, true), *get(3, true)], [1, 2, 2]);
        let other: Result<Arc<u16>, &str> = memo.get(7, || Ok(4), || true);
        assert_eq!(*other.unwrap(), 4, "of another type");
    }
}
