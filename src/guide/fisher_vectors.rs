//! Fisher vectors, and what the Fisher information does to them.
//!
//! # The vector
//!
//! The score of an image is the gradient of its log-likelihood: it says how each parameter of the
//! machine would have to change to make the image likelier,
//!
//! ```text
//! phi(v) = d log p(v) / d theta = E[T | v] - E[T]
//! ```
//!
//! For a machine of 784 pixels and layers of 20 and 40 units it has 784 * 20 + 20 * 40 = 16,480
//! numbers, one for each coupling. Images that the machine explains by the same hidden units get
//! similar scores, and a linear classifier on scores separates what it cannot separate on pixels.
//!
//! # The kernel
//!
//! Jaakkola and Haussler (1999) compare two images by `K(x, y) = phi(x)' F^-1 phi(y)`, where the
//! Fisher information `F` is the covariance of the scores. With `F = U S U'`, features `S^(-1/2) U'
//! phi` have this kernel as their inner product. [`FisherFeatures`] has presets for the choices of
//! the paper:
//!
//! | preset | machine | scaling | information |
//! |---|---|---|---|
//! | [`fk`] | restricted | none | identity |
//! | [`dfk`] | deep | none | identity |
//! | [`idfk`] | deep | min-max, then L2 | low rank, damped |
//!
//! [`FisherFeatures::explained`](crate::FisherFeatures::explained) says which share of the variance
//! the directions that were kept hold, `effective_rank` and `condition_number` how evenly.
//!
//! # Scaling, rank and damping
//!
//! - Min-max scaling brings every feature to `[0, 1]`, L2 every image to length 1. The constant
//!   `E[T]` cancels in the former.
//! - Whitening divides by standard deviations. Directions in which the training images hardly vary
//!   are then noise that is blown up, so the small ones have to be cut off by the rank or held down
//!   by the damping, which is relative to the largest eigenvalue. Nearest neighbours need this more
//!   than a support vector machine does, whose own penalty works against it.
//! - Choose rank and damping by cross-validation on training data (see [`evaluation`]).
//!
#![cfg_attr(feature = "datasets", doc = "```")]
#![cfg_attr(not(feature = "datasets"), doc = "```ignore")]
//! use linfa::prelude::*;
//! use linfa_fisher::fisher::Information;
//! use linfa_fisher::{datasets, Dbm, FisherFeatures};
//!
//! # fn main() -> linfa_fisher::Result<()> {
//! let (train, test) = datasets::digits::<f32>()?.split_with_ratio(0.8);
//! let dbm = Dbm::params(&[12, 6]).pretraining_epochs(2).epochs(2).fit(&train)?;
//! let plain = FisherFeatures::dfk(dbm.clone()).fit(&train)?; // the machine is trained once
//! let improved = FisherFeatures::idfk(dbm)
//!     .information(Information::LowRank { rank: 64, damping: 0.01 })
//!     .fit(&train)?;
//! assert_eq!((plain.nfeatures(), improved.nfeatures()), (64 * 12 + 12 * 6, 64));
//! assert_eq!(improved.transform(&test.records)?.dim(), (test.nsamples(), 64));
//! # Ok(())
//! # }
//! ```
//!
//! # Large sets and large machines
//!
//! Scores are outer products of the layers' states, so that their inner products need no scores:
//! [`FisherKernel`](crate::fisher::FisherKernel) has them in closed form, at a cost that grows with
//! the units instead of the couplings. [`LandmarkFeatures`](crate::fisher::LandmarkFeatures) are
//! improved Fisher vectors of this kernel by what some training images, the landmarks, tell of it:
//! all of MNIST takes seconds. `FisherFeatures` writes scores out, which min-max scaling asks for;
//! take it for some thousands of images of a small machine.
//!
//! Landmarks take other kernels at the same cost: a
//! [`power`](crate::fisher::LandmarkFeaturesParams::power) of the Fisher kernel, and its product
//! with a power of the pixels' kernel
//! ([`pixel_power`](crate::fisher::LandmarkFeaturesParams::pixel_power)), which weigh near images
//! more. Choose the powers on training images.
//!
//! # Sets of descriptors
//!
//! Perronnin and Dance (2007) take the scores of a mixture of Gaussians, pooled over the local
//! descriptors of an image: [`GaussianMixtureScore`](crate::fisher::GaussianMixtureScore). Its
//! information has a closed form, so that nothing is estimated from the images, and the improved
//! vector (Perronnin, Sanchez and Mensink 2010) normalises what is whitened already: signed square
//! roots, then L2, after the information instead of before
//! ([`FisherFeatures::improved_fisher_vector`](crate::FisherFeatures::improved_fisher_vector)).
//! [`DensePatches`](crate::preprocessing::DensePatches) cuts images into descriptors; its example
//! goes from images to labels.
//!
//! # Other models
//!
//! Any generative model whose score can be written down will do: implement
//! [`FisherScore`](crate::fisher::FisherScore) for it.
//!
//! [`FisherFeatures`]: crate::FisherFeatures
//! [`fk`]: crate::FisherFeatures::fk
//! [`dfk`]: crate::FisherFeatures::dfk
//! [`idfk`]: crate::FisherFeatures::idfk
//! [`evaluation`]: super::evaluation
