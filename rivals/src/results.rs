//! What has been found for a set, in a file that is rewritten after each system.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::outcome::Outcome;
use crate::sets::Set;

/// `<report>/rivals/<set>.json`.
pub(crate) struct Results {
    path: PathBuf,
    outcomes: Vec<Outcome>,
}

impl Results {
    /// What an earlier run has left, if there was one. Whether files can be written beside it is
    /// found out, too.
    pub(crate) fn open(report: &Path, set: Set) -> Result<Self, Box<dyn Error>> {
        let folder = report.join("rivals");
        let tried = fs::create_dir_all(&folder).and_then(|()| NamedTempFile::new_in(&folder));
        tried.map_err(|fault| format!("{}: {fault}", folder.display()))?;
        let path = folder.join(format!("{}.json", set.name()));
        let outcomes = match path.exists() {
            false => Vec::new(),
            true => serde_json::from_slice(&fs::read(&path)?)
                .map_err(|fault| format!("{}: {fault}; mend or remove it", path.display()))?,
        };
        Ok(Self { path, outcomes })
    }

    /// Whether the system was run: in full, unless a quick run does.
    pub(crate) fn has(&self, system: &str, quick: bool) -> bool {
        let does = |it: &Outcome| it.system == system && (quick || !it.quick);
        self.outcomes.iter().any(does)
    }

    /// Adds an outcome, in place of an earlier one of the system. The file is written beside its
    /// place and renamed: it is whole at any time.
    pub(crate) fn add(&mut self, outcome: Outcome) -> Result<(), Box<dyn Error>> {
        self.outcomes.retain(|it| it.system != outcome.system);
        self.outcomes.push(outcome);
        let folder = self.path.parent().expect("the path has a folder");
        let file = NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&file, &self.outcomes)?;
        file.persist(&self.path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_finds_what_the_first_has_left() {
        let folder = tempfile::tempdir().unwrap();
        let outcome = |accuracy, quick| Outcome {
            system: "CNN".into(),
            settings: String::new(),
            accuracy,
            tested: 10_000,
            training_seconds: 1.5,
            prediction_seconds: 1e-4,
            peak_memory: "100".into(),
            bytes: 4,
            quick,
        };
        let open = |set| Results::open(folder.path(), set).unwrap();
        assert!(!open(Set::Mnist).has("CNN", true));
        open(Set::Mnist).add(outcome(12.5, true)).unwrap();
        // a quick run is none in full
        assert!(open(Set::Mnist).has("CNN", true) && !open(Set::Mnist).has("CNN", false));
        open(Set::Mnist).add(outcome(99.25, false)).unwrap();
        let results = open(Set::Mnist);
        assert!(results.has("CNN", true) && results.has("CNN", false));
        assert!(!results.has("AlexNet", true) && !open(Set::Usps).has("CNN", true));
        let accuracies: Vec<f64> = results.outcomes.iter().map(|it| it.accuracy).collect();
        assert_eq!(accuracies, [99.25]);
    }

    #[test]
    fn a_report_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let fault = Results::open(&file, Set::Mnist).err().unwrap();
        assert!(fault.to_string().contains("file"), "{fault}");
        fs::create_dir(folder.path().join("rivals")).unwrap();
        fs::write(folder.path().join("rivals/mnist.json"), "[{").unwrap();
        let fault = Results::open(folder.path(), Set::Mnist).err().unwrap();
        assert!(fault.to_string().contains("mnist.json"), "{fault}");
    }
}
