//! The restricted Boltzmann machine of records and their classes.

mod joint;
mod model;
mod objective;
mod params;

pub use model::ClassRbm;
pub use params::{ClassRbmParams, ClassRbmValidParams, Joint, Likelihood};
