//! Checks of loaded models.

use ndarray::{ArrayBase, Data, Dimension};

use super::error::PersistenceError;
use super::part::Loadable;
use crate::error::RecordsError;
use crate::{Error, Result};

/// Checks that the model takes records of this width.
pub(crate) fn check_columns(expected: usize, found: usize) -> Result<()> {
    match expected == found {
        true => Ok(()),
        false => Err(Error::Records(RecordsError::Width { expected, found })),
    }
}

/// Checks that a part has the shape that fits the other parts.
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

/// Checks that `right` holds for all numbers of a part.
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

/// Checks that classes are distinct and in ascending order.
pub(crate) fn check_ascending<L: Ord>(classes: &[L]) -> Result<()> {
    let wrong = classes.windows(2).position(|pair| pair[0] >= pair[1]);
    match wrong {
        Some(before) => Err(Error::Persistence(PersistenceError::UnsortedClasses {
            position: before + 1,
        })),
        None => Ok(()),
    }
}

/// Checks that there are at least two classes, distinct and in ascending order.
pub(crate) fn check_classes<L: Ord>(classes: &[L]) -> Result<()> {
    match classes.len() {
        few @ (0 | 1) => Err(PersistenceError::TooFewClasses(few).into()),
        _ => check_ascending(classes),
    }
}

/// Checks that a multi-class model has as many binary models as expected, each for `columns`.
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
