//! Whether memory can be had before it is taken.

use super::error::MachineError;
use crate::Result;

/// Checks that the system would give memory for `copies` of matrices of these numbers of rows and
/// columns; `what` names them.
///
/// # Errors
///
/// [`TooLarge`](MachineError::TooLarge).
pub(crate) fn check_room<F>(
    what: &'static str,
    copies: usize,
    matrices: impl IntoIterator<Item = (usize, usize)>,
) -> Result<()> {
    let numbers = matrices
        .into_iter()
        .try_fold(0_usize, |sum, (rows, columns)| {
            sum.checked_add(rows.checked_mul(columns)?)
        });
    let numbers = numbers.and_then(|numbers| numbers.checked_mul(copies));
    let room = |numbers| {
        let mut probe = Vec::<F>::new();
        let outcome = probe.try_reserve_exact(numbers);
        // an allocation that nothing uses may be left out by the compiler
        std::hint::black_box(&probe);
        outcome.is_ok()
    };
    match numbers {
        Some(numbers) if room(numbers) => Ok(()),
        _ => Err(MachineError::TooLarge { what, numbers }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_had_is_refused() {
        assert!(check_room::<f64>("weights", 4, [(784, 500), (500, 1000)]).is_ok());
        let message = |matrices: [(usize, usize); 1]| {
            let outcome = check_room::<f64>("weights", 2, matrices);
            outcome.map_err(|error| error.to_string())
        };
        assert_eq!(
            message([(usize::MAX, 2)]).unwrap_err(),
            "the weights take more numbers than can be addressed, more than memory holds: \
             take fewer units, chains or temperatures"
        );
        assert!(message([(usize::MAX / 64, 1)]).is_err());
    }
}
