//! Which results repeat, and how a training survives a kill.
//!
//! # Same seed, same bits
//!
//! The same hyper-parameters, source of random numbers and records give the same bits, on one
//! thread or on many: work is cut into blocks of fixed sizes, each block has its own stream of
//! random numbers, and sums are added up in a fixed order. Sources of random numbers are passed in;
//! the default is Xoshiro256+ with the seed 42, as elsewhere in linfa.
//!
//! Bits may differ between processors with and without fused multiply-add, between this crate's
//! versions, and with the cargo feature `blas`, whose decompositions are the library's.
//!
//! # Save and load
//!
//! With the cargo feature `serde`, machines, features, classifiers, pipelines and hyper-parameters
//! can be written in any format and read again: a loaded model gives the same bits as the saved
//! one. Whatever a file holds, loading gives a model that could have been fitted, or an error.
//!
//! # Long trainings
//!
//! A `Checkpoint` keeps the state of a training in a file, which is written to a temporary file and
//! renamed, so that it is whole at any moment. A training that is run again after a kill goes on
//! from there and ends with the same bits as one that was never interrupted. It belongs to one
//! training: other hyper-parameters, records or seeds are refused, but it may get more epochs.
//! Machines that are trained inside of a pipeline or a cross-validation keep a file for each
//! training: `Rbm::params(8).checkpointed(Checkpoint::in_folder("folder"))`.
//!
#![cfg_attr(all(feature = "datasets", feature = "serde"), doc = "```")]
#![cfg_attr(not(all(feature = "datasets", feature = "serde")), doc = "```ignore")]
//! use linfa::prelude::*;
//! use linfa_fisher::boltzmann::Checkpoint;
//! use linfa_fisher::{datasets, Rbm};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let digits = datasets::digits::<f32>()?;
//! let folder = tempfile::tempdir()?;
//! let checkpoint = Checkpoint::new(folder.path().join("rbm.checkpoint"));
//! let params = Rbm::params(8).epochs(3).check()?;
//! let rbm = params.run(&digits).checkpoint(&checkpoint).train()?;
//! assert_eq!(rbm, params.fit(&digits)?);
//! # Ok(())
//! # }
//! ```
