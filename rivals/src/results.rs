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
    /// What an earlier run has left, if there was one.
    pub(crate) fn open(report: &Path, set: Set) -> Result<Self, Box<dyn Error>> {
        let folder = report.join("rivals");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.json", set.name()));
        let outcomes = match path.exists() {
            false => Vec::new(),
            true => serde_json::from_slice(&fs::read(&path)?)
                .map_err(|fault| format!("{}: {fault}", path.display()))?,
        };
        Ok(Self { path, outcomes })
    }

    pub(crate) fn has(&self, system: &str) -> bool {
        self.outcomes.iter().any(|it| it.system == system)
    }

    /// Adds an outcome. The file is written beside its place and renamed: it is whole at any time.
    pub(crate) fn add(&mut self, outcome: Outcome) -> Result<(), Box<dyn Error>> {
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
        let outcome = Outcome {
            system: "CNN".into(),
            settings: String::new(),
            accuracy: 99.25,
            tested: 10_000,
            training_seconds: 1.5,
            prediction_seconds: 1e-4,
            peak_memory: "100".into(),
            bytes: 4,
        };
        let mut first = Results::open(folder.path(), Set::Mnist).unwrap();
        assert!(!first.has("CNN"));
        first.add(outcome).unwrap();
        let second = Results::open(folder.path(), Set::Mnist).unwrap();
        assert!(second.has("CNN") && !second.has("AlexNet"));
        assert_eq!(second.outcomes[0].accuracy, 99.25);
        assert!(!Results::open(folder.path(), Set::Usps).unwrap().has("CNN"));
    }
}
