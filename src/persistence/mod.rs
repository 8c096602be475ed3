//! Saving and loading: what a fitted model in a file is held to (feature `serde`).
//!
//! Models, fitted featurisers, pipelines and hyper-parameters implement serde's `Serialize` and
//! `Deserialize`, for any format. Whatever a file says, loading gives a model that could have been
//! fitted or an error: parts fit each other, numbers are finite where the model needs them to be,
//! classes are sorted and distinct. A loaded model has the same bits as the saved one, if the
//! format keeps those of floating-point numbers. Checked hyper-parameters are checked again;
//! unchecked ones are not, for that is what their `check` is for.
//!
//! Models that are made of others ask these to fit: the binary models of a
//! [`OneVsRestModel`](crate::classification::OneVsRestModel) or
//! [`OneVsOneModel`](crate::classification::OneVsOneModel) and the classifier of a
//! [`Pipeline`](crate::pipeline::Pipeline) are [`Loadable`], the featuriser of a pipeline is a
//! [`Featuriser`]. linfa's own models have no such check, but for linfa-svm's; in [`Foreign`] they
//! are taken as they are.

mod deserialize;
mod error;
mod svm;

pub(crate) use deserialize::deserialize_checked;
pub use error::PersistenceError;

use ndarray::{ArrayBase, Data, Dimension};

use crate::error::RecordsError;
use crate::traits::Foreign;
use crate::{Error, Result};

/// A model that can be part of another one in a file.
///
/// # Example
///
/// ```
/// use linfa_fisher::classification::BinaryDecision;
/// use linfa_fisher::persistence::Loadable;
/// use linfa_fisher::error::RecordsError;
/// use linfa_fisher::Result;
/// use ndarray::{Array1, ArrayView2};
///
/// struct Sign {
///     column: usize,
/// }
///
/// impl BinaryDecision<f64> for Sign {
///     fn decision_values(&self, records: ArrayView2<f64>) -> Array1<f64> {
///         records.column(self.column).to_owned()
///     }
/// }
///
/// impl Loadable for Sign {
///     fn check_loaded(&self, columns: usize) -> Result<()> {
///         match self.column < columns {
///             true => Ok(()),
///             false => Err(RecordsError::Width { expected: self.column + 1, found: columns }.into()),
///         }
///     }
/// }
/// assert!(Sign { column: 2 }.check_loaded(2).is_err());
/// ```
pub trait Loadable {
    /// Whether the model, just read from a file, can predict records of so many `columns` without a
    /// panic.
    ///
    /// # Errors
    ///
    /// [`RecordsError::Width`](crate::error::RecordsError::Width) if it takes records of another width; whatever else is wrong with it that
    /// its own `Deserialize` has not found.
    fn check_loaded(&self, columns: usize) -> Result<()>;
}

/// Nothing is known about the model: it is as safe to use as its own `Deserialize` makes it.
impl<C> Loadable for Foreign<C> {
    fn check_loaded(&self, _columns: usize) -> Result<()> {
        Ok(())
    }
}

/// A fitted map from records to features that can be part of a
/// [`Pipeline`](crate::pipeline::Pipeline) in a file.
///
/// # Example
///
/// ```
/// use linfa_fisher::persistence::Featuriser;
///
/// struct FirstColumns(usize);
///
/// impl Featuriser for FirstColumns {
///     fn nfeatures(&self) -> usize {
///         self.0
///     }
/// }
/// assert_eq!(FirstColumns(3).nfeatures(), 3);
/// ```
pub trait Featuriser {
    /// Number of features, the columns that the classifier gets.
    fn nfeatures(&self) -> usize;
}

/// The model's width is that of the records.
pub(crate) fn check_columns(expected: usize, found: usize) -> Result<()> {
    match expected == found {
        true => Ok(()),
        false => Err(Error::Records(RecordsError::Width { expected, found })),
    }
}

/// A part has the shape that fits the others.
pub(crate) fn check_shape_of(
    part: &'static str,
    found: &[usize],
    expected: &[usize],
) -> Result<()> {
    match found == expected {
        true => Ok(()),
        false => Err(Error::Persistence(PersistenceError::Shape {
            part,
            found: found.to_vec(),
            expected: expected.to_vec(),
        })),
    }
}

/// Of all numbers of a part `right` holds.
pub(crate) fn check_numbers<A: Copy, S: Data<Elem = A>, D: Dimension>(
    part: &'static str,
    numbers: &ArrayBase<S, D>,
    right: impl Fn(A) -> bool,
) -> Result<()> {
    match numbers.iter().position(|&x| !right(x)) {
        Some(index) => Err(PersistenceError::Number { part, index }.into()),
        None => Ok(()),
    }
}

/// Classes distinct and in ascending order.
pub(crate) fn check_ascending<L: Ord>(classes: &[L]) -> Result<()> {
    let wrong = classes.windows(2).position(|pair| pair[0] >= pair[1]);
    match wrong {
        Some(before) => Err(Error::Persistence(PersistenceError::UnsortedClasses {
            position: before + 1,
        })),
        None => Ok(()),
    }
}

/// [`check_ascending`], and at least two of them.
pub(crate) fn check_classes<L: Ord>(classes: &[L]) -> Result<()> {
    match classes.len() {
        few @ (0 | 1) => Err(PersistenceError::TooFewClasses(few).into()),
        _ => check_ascending(classes),
    }
}

/// The binary models of a multi-class one: as many as it takes, each for the records' width.
pub(crate) fn check_binary_models<M: Loadable>(
    models: &[M],
    expected: usize,
    classes: usize,
    columns: usize,
) -> Result<()> {
    if models.len() != expected {
        return Err(Error::Persistence(PersistenceError::BinaryModels {
            found: models.len(),
            expected,
            classes,
        }));
    }
    crate::checks::check_shape(1, columns)?;
    models
        .iter()
        .try_for_each(|model| model.check_loaded(columns))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<PersistenceError>();
    }

    /// The fault of a file.
    fn fault(checked: Result<()>) -> PersistenceError {
        match checked {
            Err(Error::Persistence(fault)) => fault,
            other => panic!("expected a fault of the file, found {other:?}"),
        }
    }

    #[test]
    fn faults_are_found_where_they_are() {
        assert!(check_classes(&[1, 2, 9]).is_ok());
        let few = fault(check_classes(&["a"]));
        assert_eq!(few, PersistenceError::TooFewClasses(1));
        for classes in [[1, 3, 3], [1, 3, 2]] {
            let unsorted = fault(check_classes(&classes));
            assert_eq!(unsorted, PersistenceError::UnsortedClasses { position: 2 });
        }
        let numbers = array![[0.0, 1.0], [f64::NAN, 2.0]];
        let number = fault(check_numbers("x", &numbers, f64::is_finite));
        assert_eq!(
            number,
            PersistenceError::Number {
                part: "x",
                index: 2
            }
        );
    }
}
