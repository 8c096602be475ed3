//! Boltzmann machines: what they model, how they are trained, how good they are.
//!
//! # The model
//!
//! A restricted Boltzmann machine ([`Rbm`]) couples visible units `v`, the pixels of an image, with
//! hidden units `h`; a deep one ([`Dbm`]) has two or more hidden layers, each coupled with its
//! neighbours. A low energy makes a state likely:
//!
//! ```text
//! p(v, h) = exp(-E(v, h)) / Z,    -E(v, h) = v'W1 h1 + h1'W2 h2 + ... + b'v + c1'h1 + ...
//! ```
//!
//! Hidden units are 0 or 1. Visible units are too, or real numbers with [`VisibleUnits::Gaussian`].
//! Grey values in `[0, 1]` may stand for the probability that a pixel is on.
//!
//! # Training
//!
//! Training needs no labels. It climbs the log-likelihood of the records, whose gradient is
//!
//! ```text
//! d log p(v) / d theta = E[T | v] - E[T],    T = (v h1', h1 h2', ..., v, h1, ...)
//! ```
//!
//! The first expectation is exact for one hidden layer and an approximation by mean field for more;
//! the second comes from Markov chains. The settings that matter most:
//!
//! - [`learning_rate`]: too large a rate lets the chains fall behind. 0.05 falling to zero suits
//!   binary images; Gaussian units want 0.01 or less.
//! - [`negative_phase`]: persistent chains (the default) give the better model, contrastive
//!   divergence the faster start, tempered chains help where modes are far apart.
//! - [`centred`]: the centred gradient makes likelihoods higher and deep machines easier to train.
//! - [`pretraining_epochs`] of a deep machine, for all layers or for each.
//! - [`early_stopping`]: ends a training when held-out records gain no more.
//!
//! Observers receive the figures of every epoch; [`Run`] combines them with checkpoints, with an
//! inspection of the parameters and with a start from a trained model.
//!
//! # Records that memory does not hold
//!
//! A training also reads records in blocks, pass after pass: from a file, or made anew for every
//! epoch. [`run_source`] takes a [`RecordSource`], as a closure from the number of the pass to
//! blocks of rows, the images of an IDX file, or changed copies of images. It holds a window of the
//! rows at a time, so that 6 million images need no more memory than the window does:
//!
#![cfg_attr(feature = "datasets", doc = "```")]
#![cfg_attr(not(feature = "datasets"), doc = "```ignore")]
//! use linfa::prelude::*;
//! use linfa_fisher::datasets::{self, Augment};
//! use linfa_fisher::Rbm;
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let digits = datasets::digits::<f32>()?;
//! // ten changed copies of each image, other ones in every epoch
//! let augmented = Augment::new().shift(1).rotation(10.0).source(&digits, 10, 42)?;
//! let params = Rbm::params(12).epochs(3).check()?;
//! let rbm = params.run_source(&augmented, 2000).train()?;
//! assert_eq!(rbm.nvisible(), 64);
//! # Ok(())
//! # }
//! ```
//!
//! Records are shuffled inside a window only. If they come sorted by class, a window of a few
//! classes makes the machine forget the others: let it hold many classes, or mix the rows of the
//! source. With a window of all rows the machine is that of [`run`], bit for bit. Where the source
//! cuts its blocks never matters. A source that gives other rows in a later pass, but is not meant
//! to, is an error that names them.
//!
//! # How good is it?
//!
//! The log-likelihood of held-out records tells. It needs `log Z`, which is summed up exactly for
//! small machines and estimated by annealed importance sampling for others:
//!
#![cfg_attr(feature = "datasets", doc = "```")]
#![cfg_attr(not(feature = "datasets"), doc = "```ignore")]
//! use linfa::prelude::*;
//! use linfa_fisher::boltzmann::likelihood::exact_log_likelihood;
//! use linfa_fisher::datasets::{self, Binarize};
//! use linfa_fisher::observer::History;
//! use linfa_fisher::Rbm;
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let digits = Binarize::new(0.5)?.transform(datasets::digits::<f32>()?);
//! let (train, held_out) = digits.split_with_ratio(0.8);
//! let mut history = History::default();
//! let params = Rbm::params(12).epochs(10).centred(true).check()?;
//! let rbm = params.run(&train).observer(&mut history).train()?;
//! let log_p = exact_log_likelihood(rbm.parameters(), held_out.records.view())?;
//! assert!(log_p.mean().unwrap() > -30.0); // 64 fair coins have 64 ln 2 = -44.4
//! # Ok(())
//! # }
//! ```
//!
//! The reconstruction error falls as well when a machine only copies its input; do not choose a
//! model by it if you can have a likelihood. `plot` (a cargo feature) draws filters and samples:
//! noise and grey squares show that nothing was learnt.
//!
//! # Machines that classify
//!
//! A machine that has learnt images without their classes is a good start for a classifier. Three
//! in [`discriminative`] are what Fisher vectors have to be compared with:
//!
//! - [`ClassRbm`] has a visible unit for each class, exact probabilities of classes, and learns
//!   them, the images, or both; small batches (10) at a rate of 0.3 learn MNIST in minutes;
//! - [`DeepBeliefNetwork`] stacks restricted machines and fine-tunes them by back-propagation.
//!   Large sets learn faster from batches of 100 at a rate of 0.5, with a dropout of 0.2 of the
//!   inputs and 0.5 of the hidden units. Machines that have learnt too little put the start on a
//!   plateau, which early stopping takes for the end: train them for more epochs, or be patient;
//! - [`DbmClassifier`] does the same from the mean field of a trained deep machine. In a
//!   cross-validation that machine must not have seen the records that are validated.
//!
//! Each predicts probabilities, and each is the last stage of a pipeline like any classifier:
//!
#![cfg_attr(feature = "datasets", doc = "```")]
#![cfg_attr(not(feature = "datasets"), doc = "```ignore")]
//! use linfa_fisher::discriminative::ClassRbm;
//! use linfa_fisher::{datasets, prelude::*};
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let digits = datasets::digits::<f32>()?;
//! let params = ClassRbm::params(50).early_stopping(0.1, 5);
//! let report = cross_validate(&digits, &params, &StratifiedKFold::new(3))?;
//! assert!(report.mean() > 0.9);
//! # Ok(())
//! # }
//! ```
//!
//! # Sources
//!
//! Hinton, *A practical guide to training restricted Boltzmann machines*, 2010; Salakhutdinov and
//! Hinton, *Deep Boltzmann machines*, 2009; Melchior, Fischer and Wiskott, *How to center deep
//! Boltzmann machines*, 2016.
//!
//! [`discriminative`]: crate::discriminative
//! [`ClassRbm`]: crate::discriminative::ClassRbm
//! [`DeepBeliefNetwork`]: crate::discriminative::DeepBeliefNetwork
//! [`DbmClassifier`]: crate::discriminative::DbmClassifier
//! [`Rbm`]: crate::Rbm
//! [`Dbm`]: crate::Dbm
//! [`Run`]: crate::boltzmann::Run
//! [`VisibleUnits::Gaussian`]: crate::boltzmann::VisibleUnits::Gaussian
//! [`learning_rate`]: crate::boltzmann::BoltzmannParams::learning_rate
//! [`negative_phase`]: crate::boltzmann::BoltzmannParams::negative_phase
//! [`centred`]: crate::boltzmann::BoltzmannParams::centred
//! [`early_stopping`]: crate::boltzmann::BoltzmannParams::early_stopping
//! [`run`]: crate::boltzmann::BoltzmannValidParams::run
//! [`run_source`]: crate::boltzmann::BoltzmannValidParams::run_source
//! [`RecordSource`]: crate::record_source::RecordSource
//! [`pretraining_epochs`]: crate::boltzmann::BoltzmannParams::pretraining_epochs
