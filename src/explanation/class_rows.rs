//! Records whose classes are known.

use linfa::Label;
use ndarray::ArrayView1;

use super::error::ExplanationError;
use crate::Result;
use crate::metrics::{check_classes, check_samples, columns_of};

/// The classes of records, at least one record of each.
pub(super) struct ClassRows<L> {
    pub(super) classes: Vec<L>,
    /// Of each record, the place of its class.
    pub(super) places: Vec<usize>,
    /// Records of each class.
    pub(super) sizes: Vec<usize>,
}

impl<L: Label> ClassRows<L> {
    /// `rows` records of the classes `truth`, for a model of `columns` outputs.
    ///
    /// # Errors
    ///
    /// [`TargetCount`](crate::error::RecordsError::TargetCount),
    /// [`NoSamples`](crate::error::MetricError::NoSamples);
    /// [`ClassCount`](crate::error::MetricError::ClassCount),
    /// [`SingleClass`](crate::error::RecordsError::SingleClass),
    /// [`UnorderedClasses`](crate::error::MetricError::UnorderedClasses);
    /// [`UnknownClass`](crate::error::MetricError::UnknownClass);
    /// [`AbsentClass`](ExplanationError::AbsentClass).
    pub(super) fn new(
        (rows, columns): (usize, usize),
        classes: &[L],
        truth: ArrayView1<L>,
    ) -> Result<Self> {
        check_samples(rows, truth.len())?;
        check_classes(columns, classes)?;
        let places = columns_of(classes, truth)?;
        let mut sizes = vec![0; columns];
        places.iter().for_each(|&place| sizes[place] += 1);
        if let Some(absent) = sizes.iter().position(|&size| size == 0) {
            let class = format!("{:?}", classes[absent]);
            return Err(ExplanationError::AbsentClass { class }.into());
        }
        Ok(Self {
            classes: classes.to_vec(),
            places,
            sizes,
        })
    }
}
