//! The shapes that maps from records to features have among linfa's estimators.
//!
//! A shape is a type parameter of [`IntoFeaturiser`](super::IntoFeaturiser), for without it the
//! implementation for each shape would overlap those for the others. The compiler infers it.

use std::marker::PhantomData;

/// A `Transformer` that returns a `Result`, as this crate's do.
#[derive(Debug)]
pub enum Fallible {}

/// A `Transformer` of owned records, as the scalers of linfa-preprocessing and the random
/// projections of linfa-reduction are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transforms {}

/// A model that predicts features, as linfa-reduction's `Pca` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projects {}

/// A pipeline whose last stage is of the given shape.
#[derive(Debug)]
pub struct EndsWith<Shape>(PhantomData<Shape>);
