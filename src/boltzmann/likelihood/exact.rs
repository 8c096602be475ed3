//! The exact partition function by enumeration.
//!
//! Layers of one parity are independent given those of the other, so the states of one parity, the
//! one with fewer units, are enumerated and the layers of the other are summed out analytically:
//!
//! ```text
//! Z = sum over states x of the layers kept:
//!     exp(sum_kept b_l' x_l) * prod_others prod_j (1 + exp(input_lj(x)))
//! ```

use ndarray::{Array1, Array2, ArrayView1, Axis};
use rayon::prelude::*;

use super::log_sum_exp::log_sum_exp;
use crate::boltzmann::machine::{Conditionals, Neighbours};
use crate::boltzmann::{Parameters, VisibleUnits};
use crate::checks::{check_query, check_states};
use crate::error::MachineError;
use crate::{Float, Result};

/// Largest number of units whose states are enumerated: 2^25 states of a machine of 784 and 25
/// units take minutes.
pub const EXACT_UNITS: usize = 25;

/// Number of states in a block; a power of two.
const BLOCK_STATES: usize = 1 << 10;

/// `log Z`, exact up to rounding, computed in `f64`.
///
/// For an RBM the states of the smaller layer are enumerated, for a deep machine those of the even
/// or of the odd layers, whichever have fewer units: for 784-20-40 these are the 20.
///
/// # Errors
///
/// [`TooManyStates`] if the states of more than [`EXACT_UNITS`] units would have to be enumerated;
/// [`Ais`](super::Ais) estimates `log Z` of such machines.
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::likelihood::exact_log_partition;
/// use linfa_fisher::boltzmann::Parameters;
///
/// let fair = Parameters::<f32>::zeros(&[64, 5, 10])?; // 2^79 equally likely states
/// assert!((exact_log_partition(&fair)? - 79.0 * 2f64.ln()).abs() < 1e-9);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
///
/// [`TooManyStates`]: crate::error::MachineError::TooManyStates
pub fn exact_log_partition<F: Float>(parameters: &Parameters<F>) -> Result<f64> {
    parameters.check()?;
    log_partition(&in_f64(parameters))
}

/// `log p(v)` of every row of `visible` (`n x d`, zeros and ones, or any numbers if the units are
/// Gaussian), exact up to rounding.
///
/// Given `v`, the hidden layers of a deep machine form a machine of their own; its partition
/// function is computed in the same way, once per row.
///
/// # Errors
///
/// [`TooManyStates`] as for [`exact_log_partition`], [`Width`],
/// [`NonFinite`], [`NotBinary`].
///
/// # Example
///
/// ```
/// use linfa_fisher::boltzmann::likelihood::exact_log_likelihood;
/// use linfa_fisher::boltzmann::Parameters;
/// use ndarray::array;
///
/// let fair = Parameters::<f32>::zeros(&[2, 3, 2])?;
/// let found = exact_log_likelihood(&fair, array![[0.0, 1.0]].view())?;
/// assert!((found[0] - 0.25f64.ln()).abs() < 1e-12);
/// # Ok::<(), linfa_fisher::Error>(())
/// ```
///
/// [`NonFinite`]: crate::error::RecordsError::NonFinite
/// [`NotBinary`]: crate::error::RecordsError::NotBinary
/// [`TooManyStates`]: crate::error::MachineError::TooManyStates
/// [`Width`]: crate::error::RecordsError::Width
pub fn exact_log_likelihood<F: Float>(
    parameters: &Parameters<F>,
    visible: ndarray::ArrayView2<F>,
) -> Result<Array1<f64>> {
    parameters.check()?;
    let expected = parameters.biases[0].len();
    match parameters.visible {
        VisibleUnits::Binary => check_states(visible, expected)?,
        VisibleUnits::Gaussian => check_query(visible, expected)?,
    }
    let theta = in_f64(parameters);
    let log_z = log_partition(&theta)?;
    visible
        .rows()
        .into_iter()
        .map(|v| Ok(log_unnormalised(&theta, v.mapv(to_f64).view())? - log_z))
        .collect()
}

/// `-F(v) = b'v + log Z` of the hidden layers given `v`, minus `|v|^2 / 2` for Gaussian units.
fn log_unnormalised(theta: &Parameters<f64>, v: ArrayView1<f64>) -> Result<f64> {
    let mut hidden = Parameters {
        weights: theta.weights[1..].to_vec(),
        biases: theta.biases[1..].to_vec(),
        visible: VisibleUnits::Binary,
    };
    hidden.biases[0] += &v.dot(&theta.weights[0]);
    let own = match theta.visible {
        VisibleUnits::Binary => 0.0,
        VisibleUnits::Gaussian => -0.5 * v.dot(&v),
    };
    Ok(own + theta.biases[0].dot(&v) + log_partition(&hidden)?)
}

fn log_partition(theta: &Parameters<f64>) -> Result<f64> {
    let layers = theta.layers();
    let units = |parity: usize| layers.iter().skip(parity).step_by(2).sum::<usize>();
    // the states of Gaussian units cannot be enumerated
    let kept = usize::from(units(1) <= units(0) || theta.visible == VisibleUnits::Gaussian);
    let bits = units(kept);
    if bits > EXACT_UNITS {
        return Err(MachineError::TooManyStates {
            units: bits,
            limit: EXACT_UNITS,
        }
        .into());
    }
    let states = 1usize << bits;
    let blocks: Vec<f64> = (0..states.div_ceil(BLOCK_STATES))
        .into_par_iter()
        .map(|block| {
            let first = block * BLOCK_STATES;
            let chosen = kept_states(&layers, kept, first..states.min(first + BLOCK_STATES));
            let terms = log_summed_out(theta, &chosen);
            log_sum_exp(terms.iter().copied())
        })
        .collect();
    Ok(log_sum_exp(blocks.iter().copied()))
}

/// States of the layers of parity `kept`, by their `numbers`; `None` for the other layers.
fn kept_states(
    layers: &[usize],
    kept: usize,
    numbers: std::ops::Range<usize>,
) -> Vec<Option<Array2<f64>>> {
    let mut shift = 0;
    let mut states = Vec::with_capacity(layers.len());
    for (layer, &units) in layers.iter().enumerate() {
        states.push((layer % 2 == kept).then(|| {
            let bit = |(row, unit)| (((numbers.start + row) >> (shift + unit)) & 1) as f64;
            Array2::from_shape_fn((numbers.len(), units), bit)
        }));
        if layer % 2 == kept {
            shift += units;
        }
    }
    states
}

/// `log sum exp(theta . T)` over the layers that are `None`, for every row of the others.
fn log_summed_out(theta: &Parameters<f64>, states: &[Option<Array2<f64>>]) -> Array1<f64> {
    let rows = states.iter().flatten().map(Array2::nrows).next();
    let mut total = Array1::zeros(rows.unwrap_or(1));
    let view = |layer: usize| states.get(layer)?.as_ref().map(Array2::view);
    for (layer, bias) in theta.biases.iter().enumerate() {
        match (
            view(layer),
            layer.checked_sub(1).and_then(view),
            view(layer + 1),
        ) {
            (Some(x), ..) => total += &x.dot(bias),
            (None, None, None) => total += log_factor(theta, layer, bias.view()),
            (None, below, above) => {
                let neighbours = Neighbours { below, above };
                let input = Conditionals::of(theta).input(layer, &neighbours);
                total += &input.map_axis(Axis(1), |input| log_factor(theta, layer, input));
            }
        }
    }
    total
}

/// `log sum exp(x . input)` over the states `x` of a layer.
fn log_factor(theta: &Parameters<f64>, layer: usize, input: ArrayView1<f64>) -> f64 {
    match (layer, theta.visible) {
        (0, VisibleUnits::Gaussian) => {
            0.5 * (input.dot(&input) + input.len() as f64 * std::f64::consts::TAU.ln())
        }
        _ => log_partition_factor(input),
    }
}

/// Largest number of factors in a product: each is at most 2, and 2^1000 does not overflow.
const FACTORS: usize = 1000;

/// `sum_j ln(1 + exp(x_j))`, with one logarithm for many units: `1 + exp(-|x|)` is in `[1, 2]`.
fn log_partition_factor(input: ArrayView1<f64>) -> f64 {
    let positive: f64 = input.iter().map(|x| x.max(0.0)).sum();
    let product = |units: ArrayView1<f64>| -> f64 {
        let factors = units.iter().map(|x| 1.0 + (-x.abs()).exp());
        factors.product()
    };
    let chunks = input.axis_chunks_iter(Axis(0), FACTORS);
    positive + chunks.map(|units| product(units).ln()).sum::<f64>()
}

fn in_f64<F: Float>(parameters: &Parameters<F>) -> Parameters<f64> {
    Parameters {
        weights: parameters.weights.iter().map(|w| w.mapv(to_f64)).collect(),
        biases: parameters.biases.iter().map(|b| b.mapv(to_f64)).collect(),
        visible: parameters.visible,
    }
}

fn to_f64<F: Float>(x: F) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;

    use super::*;
    use crate::Error;
    use crate::boltzmann::enumeration::{self, all_states, example_machine};
    use crate::error::RecordsError;

    const MACHINES: [&[usize]; 5] = [&[5, 3], &[3, 5], &[4, 3, 2], &[2, 3, 2, 3], &[12, 2]];

    #[test]
    fn partition_functions_are_sums_over_all_states() {
        for layers in MACHINES {
            let theta = example_machine(layers, 1.5);
            let expected = enumeration::log_partition(&theta);
            assert_abs_diff_eq!(
                exact_log_partition(&theta).unwrap(),
                expected,
                epsilon = 1e-11
            );
        }
    }

    #[test]
    fn likelihoods_are_sums_over_hidden_states() {
        for layers in MACHINES {
            let theta = example_machine(layers, 1.5);
            let visible = all_states(layers[0]);
            let found = exact_log_likelihood(&theta, visible.view()).unwrap();
            for (v, found) in visible.rows().into_iter().zip(&found) {
                let expected = enumeration::log_likelihood(&theta, &v.to_owned());
                assert_abs_diff_eq!(*found, expected, epsilon = 1e-11);
            }
            assert_abs_diff_eq!(found.mapv(f64::exp).sum(), 1.0, epsilon = 1e-11);
        }
    }

    #[test]
    fn several_blocks_are_added_and_large_couplings_do_not_overflow() {
        let layers = [14, 12];
        let mut theta = example_machine(&layers, 1.0);
        let expected = enumeration_by_rows(&theta);
        assert_abs_diff_eq!(
            exact_log_partition(&theta).unwrap(),
            expected,
            epsilon = 1e-9
        );
        theta.scale(1000.0);
        assert!(exact_log_partition(&theta).unwrap().is_finite());
    }

    /// Sums over the larger layer, unlike the function under test.
    fn enumeration_by_rows(theta: &Parameters<f64>) -> f64 {
        let mut states = kept_states(&theta.layers(), 0, 0..1 << 14);
        states.truncate(2);
        log_sum_exp(log_summed_out(theta, &states).iter().copied())
    }

    #[test]
    fn single_precision_gives_the_same() {
        let theta = example_machine(&[6, 4, 3], 0.5);
        let single = Parameters {
            weights: theta.weights.iter().map(|w| w.mapv(|x| x as f32)).collect(),
            biases: theta.biases.iter().map(|b| b.mapv(|x| x as f32)).collect(),
            visible: theta.visible,
        };
        // Parameters rounded to f32 (relative error 2^-24) times at most 13 + 36 terms of 0.5.
        let [a, b] = [exact_log_partition(&theta), exact_log_partition(&single)];
        assert_abs_diff_eq!(a.unwrap(), b.unwrap(), epsilon = 49.0 * 0.5 / 16_777_216.0);
    }

    #[test]
    fn too_many_units_are_refused() {
        let error = exact_log_partition(&Parameters::<f32>::of_zeros(&[784, 26])).unwrap_err();
        let message =
            "the exact sum would run over the states of 26 units, at most 25 are possible";
        assert!(error.to_string().starts_with(message), "{error}");
        let theta = Parameters::<f32>::of_zeros(&[3, 2]);
        let wide = exact_log_likelihood(&theta, Array2::zeros((1, 2)).view());
        assert!(matches!(
            wide,
            Err(Error::Records(RecordsError::Width {
                expected: 3,
                found: 2
            }))
        ));
    }

    #[test]
    fn products_do_not_overflow() {
        let input = Array1::from_elem(2500, 0.0);
        let expected = 2500.0 * 2f64.ln();
        assert_abs_diff_eq!(log_partition_factor(input.view()), expected, epsilon = 1e-9);
    }

    /// By numerical integration over two Gaussian visible units.
    #[test]
    fn gaussian_units_are_integrated_out() {
        let theta = example_machine(&[2, 3], 0.5).with_visible_units(VisibleUnits::Gaussian);
        let (step, reach) = (0.05, 8.0);
        let points = (2.0 * reach / step) as usize;
        let grid = ndarray::Array2::from_shape_fn((points * points, 2), |(row, unit)| {
            let number = if unit == 0 {
                row / points
            } else {
                row % points
            };
            (number as f64 + 0.5) * step - reach
        });
        let log_p = exact_log_likelihood(&theta, grid.view()).unwrap();
        let total = log_p.mapv(f64::exp).sum() * step * step;
        assert_abs_diff_eq!(total, 1.0, epsilon = 1e-9);
    }
}
