//! The fast path for machines with few hidden units.
//!
//! A gradient step of such a machine takes some tens of microseconds, and handing work from one
//! thread to another would take a good part of that. So the step is divided into sections of
//! [`BLOCK_ROWS`] records and as many chains. One thread does all the work of a section, including
//! its sums for the gradient, and the sums of all sections are added up in a tree. The samples are
//! those of the general path bit for bit, and the sums are the same up to the order of additions.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, s};

use super::sample::{Positive, Sample};
use super::step::Step;
use crate::Float;
use crate::boltzmann::inference::InferenceStats;
use crate::boltzmann::machine::Parameters;
use crate::boltzmann::sampling::{NegativeChains, advance_block, sample_probabilities};
use crate::numerics::aligned;
use crate::numerics::dense::{add_rows, product_onto, sum_of_rows};
use crate::numerics::kernels::Onto;
use crate::numerics::parallel::{BLOCK_ROWS, join_if, map_reduce};
use crate::numerics::random::Lanes;
use crate::numerics::sparse::WIDTHS;

/// `E[T | data] - E[T]` of a narrow machine with these layers and this [width](width).
pub(super) fn expectations<F: Float>(
    step: &Step<F>,
    layers: &[usize],
    width: usize,
    chains: Option<&mut NegativeChains<F>>,
) -> (Difference<F>, InferenceStats) {
    let records = step.batch.len();
    let count = chains.as_ref().map_or(records, |chains| chains.len());
    let shares = [records, count].map(|n| F::one() / F::cast(n));
    let mut sections = sections(records, chains);
    let alone = sections.len() == 1;
    let of_section = |section: &mut Section<F>| {
        let (data, model, stats) = section.samples(step, alone);
        let mut difference = Difference::zeros(layers, width);
        data.iter()
            .for_each(|data| difference.add(Half::Data, data, shares[0]));
        model
            .iter()
            .for_each(|model| difference.add(Half::Model, model, shares[1]));
        (difference, stats)
    };
    let sum = |(a, stats): (Difference<F>, InferenceStats), (b, other)| {
        (Difference::merged(a, b), stats.with(other))
    };
    match map_reduce(&mut sections, &of_section, &sum) {
        Some(sums) => sums,
        None => unreachable!("a batch has a record"),
    }
}

/// A block of the records of a batch and the block of chains of the same number.
struct Section<'a, F> {
    number: usize,
    chains: SectionChains<'a, F>,
}

/// The chains of a section.
enum SectionChains<'a, F> {
    /// None: all chains are in other sections.
    None,
    /// They start at the section's records.
    AtRecords,
    /// States of a block of the persistent chains, `n x units` for each layer.
    Block(Vec<ArrayViewMut2<'a, F>>),
    /// All chains, because those of different temperatures swap states.
    Tempered(&'a mut NegativeChains<F>),
}

/// The sections of a step.
fn sections<F: Float>(
    records: usize,
    chains: Option<&mut NegativeChains<F>>,
) -> Vec<Section<'_, F>> {
    let blocks = records.div_ceil(BLOCK_ROWS);
    let chains: Vec<SectionChains<F>> = match chains {
        None => (0..blocks).map(|_| SectionChains::AtRecords).collect(),
        Some(NegativeChains::Plain(chains)) => {
            let blocks = chains.blocks_mut().into_iter();
            blocks.map(SectionChains::Block).collect()
        }
        Some(tempered) => vec![SectionChains::Tempered(tempered)],
    };
    let count = blocks.max(chains.len());
    let fill = std::iter::repeat_with(|| SectionChains::None);
    let chains = chains.into_iter().chain(fill).take(count).enumerate();
    chains
        .map(|(number, chains)| Section { number, chains })
        .collect()
}

impl<F: Float> Section<'_, F> {
    /// Samples of the data and of the model, in parallel if this section is `alone`, and the
    /// statistics of inference.
    fn samples(
        &mut self,
        step: &Step<F>,
        alone: bool,
    ) -> (Option<Sample<F>>, Option<Sample<F>>, InferenceStats) {
        let number = self.number;
        let infer = || step.batch.block(number).map(|records| step.infer(records));
        let (positive, model) = match &mut self.chains {
            SectionChains::AtRecords => {
                let positive = infer();
                let start = positive.as_ref().map(Positive::layers);
                (
                    positive,
                    start.map(|start| contrastive(step, start, number)),
                )
            }
            persistent => join_if(alone, infer, || persistent.advance(step, number)),
        };
        let (data, stats) = positive.map(Positive::into_sample).unzip();
        (data, model, stats.unwrap_or_default())
    }
}

impl<F: Float> SectionChains<'_, F> {
    /// Runs the Gibbs steps of persistent chains, with the random numbers of block `number`.
    fn advance(&mut self, step: &Step<F>, number: usize) -> Option<Sample<F>> {
        let (machine, steps, seed) = (step.machine, step.gibbs_steps(), step.seed);
        match self {
            Self::None | Self::AtRecords => None,
            Self::Block(states) => {
                let random = &mut Lanes::new(seed, number);
                let expected = advance_block(&[], machine, steps, states, random);
                let states = states.iter().map(|states| states.view());
                Some(Sample::of_chains(states, expected))
            }
            Self::Tempered(chains) => {
                let expected = chains.advance(machine, steps, seed);
                let states = chains.samples().states().iter().map(Array2::view);
                Some(Sample::of_chains(states, expected))
            }
        }
    }
}

/// Contrastive divergence: chains that start at activation probabilities of all layers (`n x units`
/// each).
fn contrastive<F: Float>(step: &Step<F>, mut layers: Vec<Array2<F>>, number: usize) -> Sample<F> {
    let (machine, seed) = (step.machine, step.seed);
    let mut states: Vec<_> = layers.iter_mut().map(Array2::view_mut).collect();
    sample_probabilities(machine, &mut states, &mut Lanes::new(seed, number));
    let random = &mut Lanes::new(!seed, number);
    let expected = advance_block(&[], machine, step.gibbs_steps(), &mut states, random);
    Sample::of_chains(layers.iter().map(Array2::view), expected)
}

/// Largest number of sums for the first weight matrix: they must stay in a core's own cache.
const MOST_SUMS: usize = 1 << 17;

/// The expectation of the gradient that a sample belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Data,
    Model,
}

/// Mean statistics of the data minus those of the model, or what some samples contribute to them.
#[derive(Debug)]
pub(super) struct Difference<F> {
    /// Gradient of the first weight matrix (`d x units`); in the next two columns, the visible
    /// units' means over the data, and over the model with a minus sign. Columns of zeros pad the
    /// rows to whole vectors.
    first: Array2<F>,
    /// Gradients of the other weight matrices.
    upper: Vec<Array2<F>>,
    /// Means of the hidden layers over the data, and over the model with a minus sign.
    hidden: [Vec<Array1<F>>; 2],
}

impl<F: Float> Difference<F> {
    /// Zero sums for a machine with these layers; `width` is [theirs](width).
    fn zeros(layers: &[usize], width: usize) -> Self {
        let upper = layers[1..].windows(2);
        let hidden: Vec<_> = layers[1..]
            .iter()
            .map(|&units| Array1::zeros(units))
            .collect();
        Self {
            first: aligned::zeros((layers[0], width)),
            upper: upper
                .map(|pair| Array2::zeros((pair[0], pair[1])))
                .collect(),
            hidden: [hidden.clone(), hidden],
        }
    }

    /// Adds the statistics of every row of a sample, times `share`.
    fn add(&mut self, half: Half, sample: &Sample<F>, share: F) {
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

    /// The first hidden layer and a column of ones, times `share`, in the columns where they
    /// belong.
    fn extended(&self, half: Half, hidden: ArrayView2<F>, share: F) -> Array2<F> {
        let (samples, units) = hidden.dim();
        let mut extended = aligned::zeros((samples, self.first.ncols()));
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
    fn merged(mut self, other: Self) -> Self {
        match (self.first.as_slice_mut(), other.first.as_slice()) {
            (Some(sums), Some(others)) => add_rows(others, sums),
            _ => unreachable!("sums are made in row-major order"),
        }
        self.upper
            .iter_mut()
            .zip(&other.upper)
            .for_each(|(x, y)| *x += y);
        for (own, others) in self.hidden.iter_mut().zip(&other.hidden) {
            own.iter_mut().zip(others).for_each(|(x, y)| *x += y);
        }
        self
    }

    /// Writes the gradient; returns the means of all layers over the data.
    pub(super) fn write(&self, gradient: &mut Parameters<F>) -> Vec<Array1<F>> {
        let [data, model] = &self.hidden;
        let (units, first) = (data[0].len(), &self.first);
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

/// Number of columns of the sums for the first weight matrix, if machines with these layers are so
/// narrow that every thread may have sums of its own.
pub(super) fn width(layers: &[usize]) -> Option<usize> {
    let width = WIDTHS.into_iter().find(|&width| layers[1] + 2 <= width)?;
    let first = layers[0].saturating_mul(width);
    let upper = layers[1..].windows(2);
    let upper = upper.map(|pair| pair[0].saturating_mul(pair[1]));
    let upper = upper.fold(0, usize::saturating_add);
    (first <= MOST_SUMS && upper <= first).then_some(width)
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn machines_are_narrow_by_all_their_layers() {
        for (layers, expected) in [
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
            assert_eq!(width(layers), expected, "{layers:?}");
        }
    }
}
