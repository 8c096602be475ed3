//! Names of the [`Figures`] that the training of a Boltzmann machine reports after every epoch.
//!
//! They are reported in this order: the validation metric and the free-energy gap, if records are
//! held out for early stopping; then the reconstruction error, the learning rate, the mean-field
//! sweeps, the unconverged share and the [seconds](crate::observer::SECONDS) of the epoch without
//! its validation.
//!
//! [`Figures`]: crate::observer::Figures

/// The early-stopping metric on the held-out records.
pub const VALIDATION_METRIC: &str = "validation metric";

/// Mean free energy of the held-out records minus that of as many training records (for a deep
/// machine, of its variational bound): it grows as a machine overfits (Hinton 2010, section 6).
pub const FREE_ENERGY_GAP: &str = "free-energy gap";

/// Mean squared difference between the records of one random batch and their mean-field
/// reconstruction.
pub const RECONSTRUCTION_ERROR: &str = "reconstruction error";

/// The learning rate of the epoch.
pub const LEARNING_RATE: &str = "learning rate";

/// The largest number of mean-field sweeps that any sample took; 0 for a restricted machine, whose
/// inference is exact.
pub const MEAN_FIELD_SWEEPS: &str = "mean-field sweeps";

/// Share of the samples whose mean-field inference had not converged after the last sweep.
pub const UNCONVERGED_SHARE: &str = "unconverged share";
