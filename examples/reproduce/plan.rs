//! What is done, on which sets and how often.

use std::error::Error;
use std::path::Path;

use clap::ValueEnum;
use linfa_fisher::datasets::DataError;

use super::Lab;
use super::parts::{
    best, cost, figure2, figure3, figure4, protocol, retrieval, rivals, standing, table1, table2,
};
use super::report::Section;
use super::sets::Set;

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    Table1,
    Table2,
    Figure2,
    Figure3,
    Figure4,
    Cost,
    Retrieval,
    Best,
    Protocol,
    Rivals,
    Standing,
}

/// On which sets, how often and how thoroughly.
pub(crate) struct Plan {
    pub(crate) quick: bool,
    pub(crate) sets: Vec<Set>,
    seeds: Option<u64>,
}

impl Plan {
    /// The sets that were asked for, or those that the folder has, of which there must be one.
    pub(crate) fn new(
        quick: bool,
        mut sets: Vec<Set>,
        seeds: Option<u64>,
        folder: &Path,
    ) -> Result<Self, Box<dyn Error>> {
        sets.sort();
        sets.dedup();
        let candidates = match (sets.is_empty(), quick) {
            (false, _) => return Ok(Self { quick, sets, seeds }),
            (true, true) => vec![Set::Digits, Set::Alphanumeric],
            (true, false) => {
                vec![
                    Set::Mnist,
                    Set::Usps,
                    Set::UspsPooled,
                    Set::UspsAll,
                    Set::Alphanumeric,
                ]
            }
        };
        let mut missing = None;
        for set in candidates {
            match set.splits(folder, 1, 1) {
                Ok(_) => sets.push(set),
                Err(fault) if is_missing(&*fault) => missing = missing.or(Some(fault)),
                Err(fault) => return Err(fault),
            }
        }
        match missing {
            Some(fault) if sets.is_empty() => {
                Err(format!("{fault}; --quick and --sets digits need no files").into())
            }
            _ => Ok(Self { quick, sets, seeds }),
        }
    }

    /// The paper's three sets, of those that there are, or the digits.
    pub(crate) fn primary(&self) -> Vec<Set> {
        let own = |set: &Set| set.published().is_none_or(|of| of == *set);
        self.sets.iter().copied().filter(own).collect()
    }

    /// The sets of Figure 4, of those that there are.
    pub(crate) fn of_figure4(&self) -> Vec<Set> {
        let sets = self.primary().into_iter();
        sets.filter(|set| *set != Set::Alphanumeric).collect()
    }

    /// Seeds of a set in Table 2.
    pub(crate) fn seeds_of(&self, set: Set) -> u64 {
        self.seeds.unwrap_or(match (self.quick, set) {
            (true, _) => 1,
            (false, Set::Alphanumeric) => 3,
            (false, _) => 5,
        })
    }
}

/// Whether the folder does not have the files of a set.
fn is_missing(fault: &(dyn Error + 'static)) -> bool {
    matches!(fault.downcast_ref(), Some(DataError::Missing { .. }))
}

impl Part {
    pub(crate) fn all() -> Vec<Self> {
        Self::value_variants().to_vec()
    }

    /// As it is typed.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value().expect("no part is skipped");
        value.get_name().to_owned()
    }

    /// Seconds that the part takes on two cores, about.
    pub(crate) fn expected(self, plan: &Plan) -> f64 {
        let of_all = |sets: Vec<Set>, of: &dyn Fn(Set) -> f64| sets.into_iter().map(of).sum();
        let of_seed = |set| table2::expected(set, plan);
        match self {
            Self::Table1 | Self::Standing => 0.0,
            Self::Table2 => of_all(plan.sets.clone(), &|set| {
                plan.seeds_of(set) as f64 * of_seed(set)
            }),
            Self::Figure2 => of_all(plan.primary(), &|set| figure2::expected(set, plan)),
            Self::Figure3 => of_all(plan.primary(), &|set| figure3::expected(set, plan)),
            Self::Figure4 => of_all(plan.of_figure4(), &|set| figure4::expected(set, plan)),
            Self::Cost => cost::expected(plan),
            Self::Retrieval => of_all(plan.primary(), &of_seed),
            Self::Best => of_all(plan.primary(), &|set| best::expected(set, plan)),
            Self::Protocol => of_all(plan.of_figure4(), &|set| protocol::expected(set, plan)),
            Self::Rivals => of_all(plan.primary(), &|set| rivals::expected(set, plan)),
        }
    }

    pub(crate) fn section(self, lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
        match self {
            Self::Table1 => table1::section(lab),
            Self::Table2 => table2::section(lab),
            Self::Figure2 => figure2::section(lab),
            Self::Figure3 => figure3::section(lab),
            Self::Figure4 => figure4::section(lab),
            Self::Cost => cost::section(lab),
            Self::Retrieval => retrieval::section(lab),
            Self::Best => best::section(lab),
            Self::Protocol => protocol::section(lab),
            Self::Rivals => rivals::section(lab),
            Self::Standing => standing::section(lab),
        }
    }
}
