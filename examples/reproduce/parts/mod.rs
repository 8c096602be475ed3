//! The parts of the report.

pub(crate) mod best;
pub(crate) mod cost;
pub(crate) mod figure2;
pub(crate) mod figure3;
pub(crate) mod figure4;
pub(crate) mod protocol;
pub(crate) mod retrieval;
pub(crate) mod rivals;
pub(crate) mod standing;
pub(crate) mod table1;
pub(crate) mod table2;
