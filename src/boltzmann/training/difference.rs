//! The gradient of a machine of few hidden units, summed up sample by sample.

use ndarray::{s, Array1, Array2, ArrayView2, Axis};

use super::sample::Sample;
use crate::boltzmann::Parameters;
use crate::numerics::aligned::Aligned;
use crate::numerics::dense::{add_rows, product_onto, sum_of_rows};
use crate::numerics::kernels::Onto;
use crate::numerics::sparse::WIDTHS;
use crate::Float;

/// Sums for the first couplings at most: they are to stay in a core's own cache.
const MOST_SUMS: usize = 1 << 17;

/// Which of the gradient's two expectations a sample is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Data,
    Model,
}

/// Mean statistics of data less those of the model, or what some samples contribute to them.
#[derive(Debug)]
pub(super) struct Difference<F> {
    /// Gradient of the first couplings (`d x units`); in the next two columns, the visible units'
    /// means over the data, and over the model with a minus sign. Columns of zeros make the rows as
    /// long as vectors.
    first: Aligned<F>,
    /// Gradient of the other couplings.
    upper: Vec<Array2<F>>,
    /// Means of the hidden layers over the data, and over the model with a minus sign.
    hidden: [Vec<Array1<F>>; 2],
}

impl<F: Float> Difference<F> {
    /// No samples of a machine of these layers; `width` is [theirs](narrow_width).
    pub(super) fn zeros(layers: &[usize], width: usize) -> Self {
        let upper = layers[1..].windows(2);
        let hidden: Vec<_> = layers[1..]
            .iter()
            .map(|&units| Array1::zeros(units))
            .collect();
        Self {
            first: Aligned::zeros((layers[0], width)),
            upper: upper
                .map(|pair| Array2::zeros((pair[0], pair[1])))
                .collect(),
            hidden: [hidden.clone(), hidden],
        }
    }

    /// Adds `share` of the statistics of every row of a sample.
    pub(super) fn add(&mut self, half: Half, sample: &Sample<F>, share: F) {
        let share = match half {
            Half::Data => share,
            Half::Model => -share,
        };
        let hidden = &sample.hidden;
        let rows = self.extended(half, hidden[0].view(), share);
        let first = self.first.view_mut();
        sample.visible.add_transposed_product(rows.view(), first);
        for (pair, upper) in hidden.windows(2).zip(&mut self.upper) {
            product_onto(
                pair[0].t(),
                pair[1].view(),
                share,
                Onto::Destination,
                upper.view_mut(),
            );
        }
        for (layer, means) in hidden.iter().zip(&mut self.hidden[half as usize]) {
            means.scaled_add(share, &sum_of_rows(layer.view()));
        }
    }

    /// `share` of the first hidden layer and of ones, in the columns where they belong.
    fn extended(&self, half: Half, hidden: ArrayView2<F>, share: F) -> Aligned<F> {
        let (samples, units) = hidden.dim();
        let mut extended = Aligned::zeros((samples, self.first.view().ncols()));
        for (mut extended, hidden) in extended
            .view_mut()
            .rows_mut()
            .into_iter()
            .zip(hidden.rows())
        {
            extended
                .iter_mut()
                .zip(hidden)
                .for_each(|(x, &h)| *x = share * h);
            extended[units + half as usize] = share;
        }
        extended
    }

    /// The sum of both.
    pub(super) fn merged(mut self, other: Self) -> Self {
        add_rows(other.first.as_slice(), self.first.as_slice_mut());
        self.upper
            .iter_mut()
            .zip(&other.upper)
            .for_each(|(x, y)| *x += y);
        for (own, others) in self.hidden.iter_mut().zip(&other.hidden) {
            own.iter_mut().zip(others).for_each(|(x, y)| *x += y);
        }
        self
    }

    /// Writes it to `gradient`; the data's means of all layers are returned.
    pub(super) fn write(&self, gradient: &mut Parameters<F>) -> Vec<Array1<F>> {
        let [data, model] = &self.hidden;
        let (units, first) = (data[0].len(), self.first.view());
        gradient.weights[0].assign(&first.slice(s![.., ..units]));
        for (weights, upper) in gradient.weights[1..].iter_mut().zip(&self.upper) {
            weights.assign(upper);
        }
        let visible = [units, units + 1].map(|column| first.index_axis(Axis(1), column));
        gradient.biases[0] = &visible[0] + &visible[1];
        for ((bias, data), model) in gradient.biases[1..].iter_mut().zip(data).zip(model) {
            *bias = data + model;
        }
        let visible = std::iter::once(visible[0].to_owned());
        visible.chain(data.iter().cloned()).collect()
    }
}

/// Columns of the sums for the first couplings, if machines of these layers are so narrow that every
/// thread may have sums of its own.
pub(super) fn narrow_width(layers: &[usize]) -> Option<usize> {
    let width = WIDTHS.into_iter().find(|&width| layers[1] + 2 <= width)?;
    let first = layers[0].saturating_mul(width);
    let upper = layers[1..].windows(2);
    let upper = upper.map(|pair| pair[0].saturating_mul(pair[1]));
    let upper = upper.fold(0, usize::saturating_add);
    (first <= MOST_SUMS && upper <= first).then_some(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_narrow_by_all_their_layers() {
        for (layers, width) in [
            (&[784, 1][..], Some(16)),
            (&[784, 14], Some(16)),
            (&[784, 15], Some(32)),
            (&[784, 30], Some(32)),
            (&[784, 31], None),
            (&[784, 20, 40], Some(32)),
            (&[784, 20, 1254], Some(32)),
            (&[784, 20, 1255], None),
            (&[4096, 20], Some(32)),
            (&[4097, 20], None),
            (&[8192, 14], Some(16)),
            (&[usize::MAX, 14, usize::MAX, usize::MAX], None),
        ] {
            assert_eq!(narrow_width(layers), width, "{layers:?}");
        }
    }
}
