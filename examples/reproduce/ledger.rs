//! What is finished: results that are kept in files, so that an interrupted run goes on where it
//! was, with the time and memory that each took.

use std::error::Error;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_crate::de::DeserializeOwned;
use serde_crate::{Deserialize, Serialize};

use super::clock::peak_memory;

/// Results by their names, each a file in a folder.
pub(crate) struct Ledger {
    folder: PathBuf,
    /// Seconds that all items are expected to take on two cores, and those of finished ones.
    expected: f64,
    passed: f64,
    /// What the items computed in this run took, and what they were expected to.
    measured: [f64; 2],
    pub(crate) entries: Vec<Entry>,
}

/// What an item took.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Everything that the result depends on.
    pub(crate) recipe: String,
    pub(crate) seconds: f64,
    /// Peak memory of the process meanwhile, in MB; of Linux alone, elsewhere that until then.
    pub(crate) peak_memory: String,
}

#[derive(Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
struct Kept<T> {
    entry: Entry,
    result: T,
}

impl Ledger {
    /// A ledger in a folder, which is made if it is missing, for work of so many seconds. Whether
    /// files can be written there is found out before that.
    pub(crate) fn open(folder: PathBuf, expected: f64) -> Result<Self, Box<dyn Error>> {
        let tried = fs::create_dir_all(&folder).and_then(|()| tempfile::tempfile_in(&folder));
        tried.map_err(|fault| format!("{}: {fault}", folder.display()))?;
        Ok(Self {
            folder,
            expected,
            passed: 0.0,
            measured: [0.0; 2],
            entries: Vec::new(),
        })
    }

    /// The result of an item: the one that is kept, if it was computed by the same recipe and
    /// version, or what `work` gives, which is then kept.
    pub(crate) fn item<T: Serialize + DeserializeOwned>(
        &mut self,
        name: &str,
        expected: f64,
        recipe: &dyn Debug,
        work: impl FnOnce() -> Result<T, Box<dyn Error>>,
    ) -> Result<T, Box<dyn Error>> {
        let recipe = format!("{} {recipe:?}", env!("CARGO_PKG_VERSION"));
        let path = self.folder.join(format!("{name}.json"));
        let known = self.entries.iter().any(|entry| entry.name == name);
        if let Some(kept) = read::<T>(&path, &recipe) {
            if !known {
                self.passed += expected;
                self.entries.push(kept.entry);
            }
            return Ok(kept.result);
        }
        self.passed += expected;
        forget_peak();
        let start = Instant::now();
        let result = work()?;
        let entry = Entry {
            name: name.to_owned(),
            recipe,
            seconds: start.elapsed().as_secs_f64(),
            peak_memory: peak_memory(),
        };
        self.measured[0] += entry.seconds;
        self.measured[1] += expected;
        eprintln!("{name}: {:.0} s, {}", entry.seconds, self.left());
        self.entries.push(entry.clone());
        let kept = Kept { entry, result };
        write(&path, &serde_json::to_vec(&kept)?)?;
        Ok(kept.result)
    }

    /// An estimate of what is left, by how this machine compares with what was expected.
    fn left(&self) -> String {
        let [measured, expected] = self.measured;
        let seconds = (self.expected - self.passed).max(0.0) * measured / expected;
        match seconds < 90.0 {
            true => format!("about {seconds:.0} s left"),
            false => format!("about {:.0} minutes left", seconds / 60.0),
        }
    }
}

fn read<T: DeserializeOwned>(path: &Path, recipe: &str) -> Option<Kept<T>> {
    let kept: Kept<T> = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    (kept.entry.recipe == recipe).then_some(kept)
}

/// Has the system measure the peak of memory anew, where it can: Linux.
fn forget_peak() {
    // without it, the peak is that of all items so far
    _ = fs::write("/proc/self/clear_refs", "5");
}

/// Writes a file under another name, then renames it, so that it is whole whenever it is there.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let unfinished = path.with_extension("unfinished");
    let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    Ok(written.map_err(|fault| format!("{}: {fault}", path.display()))?)
}
