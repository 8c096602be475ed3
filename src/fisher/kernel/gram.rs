//! The values of the Fisher kernel.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayBase, ArrayViewMut2, Axis, Data, Ix2, s};
use rayon::prelude::*;

use super::closed_form::FisherKernel;
use super::layered::LayeredScore;
use super::rows::{update, write_inner_products};
use super::states::States;
use crate::boltzmann::check_room;
use crate::fisher::checks::check_features;
use crate::numerics::dense::product_alone;
use crate::{Float, Result};

/// Rows and columns of kernels that one thread computes at a time: the layers' inner products stay
/// in a core's cache.
const TILE: [usize; 2] = [256, 1024];

impl<F: Float, M: LayeredScore<F>> FisherKernel<F, M> {
    /// The kernel of every record of `x` (`n x d`) with every record of `y` (`m x d`): `n x m`.
    ///
    /// Records with themselves make a `linfa_kernel::Kernel`, as linfa-reduction's diffusion maps
    /// take it: `Kernel { inner: KernelInner::Dense(gram), method: KernelMethod::Linear }`.
    /// linfa-svm takes records alone; [`LandmarkFeatures`](crate::fisher::LandmarkFeatures) have
    /// this kernel as their inner product.
    ///
    /// # Errors
    ///
    /// Those of the model's [`check_records`](crate::fisher::FisherScore::check_records);
    /// [`KernelOverflow`] or [`NonFiniteFeature`] where the kernel overflows, [`TooLarge`] if
    /// memory has no room for it.
    ///
    /// [`KernelOverflow`]: crate::error::FisherError::KernelOverflow
    /// [`NonFiniteFeature`]: crate::error::FisherError::NonFiniteFeature
    /// [`TooLarge`]: crate::error::MachineError::TooLarge
    pub fn gram<D: Data<Elem = F>, E: Data<Elem = F>>(
        &self,
        x: &ArrayBase<D, Ix2>,
        y: &ArrayBase<E, Ix2>,
    ) -> Result<Array2<F>> {
        let (x, y) = (self.states(x.view())?, self.states(y.view())?);
        check_room::<F>("kernels", 1, [(x.len(), y.len())])?;
        self.gram_of(&x, &y)
    }

    /// The kernel of every record (`n x d`) with itself: `n`.
    ///
    /// # Errors
    ///
    /// As [`gram`](Self::gram).
    pub fn diagonal<D: Data<Elem = F>>(&self, x: &ArrayBase<D, Ix2>) -> Result<Array1<F>> {
        let diagonal = self.diagonal_of(&self.states(x.view())?);
        check_features(diagonal.view().insert_axis(Axis(1)), 0)?;
        Ok(diagonal)
    }

    /// [`gram`](Self::gram) of states.
    ///
    /// # Errors
    ///
    /// [`NonFiniteFeature`](crate::error::FisherError::NonFiniteFeature).
    pub(in crate::fisher) fn gram_of(&self, x: &States<F>, y: &States<F>) -> Result<Array2<F>> {
        let mut gram = Array2::zeros((x.len(), y.len()));
        tiles(gram.view_mut())
            .into_par_iter()
            .for_each(|(first, tile)| self.write_tile(tile, (x, first[0]), (y, first[1])));
        check_features(gram.view(), 0)?;
        Ok(gram)
    }

    /// The kernels of the records of `x` from the `i`th on with those of `y` from the `j`th on.
    fn write_tile(
        &self,
        mut tile: ArrayViewMut2<F>,
        (x, i): (&States<F>, usize),
        (y, j): (&States<F>, usize),
    ) {
        let (rows, columns) = (i..i + tile.nrows(), j..j + tile.ncols());
        let pairs = x.layers.iter().zip(&y.layers);
        let products = pairs.map(|(x, y)| {
            let y = y.slice(s![columns.clone(), ..]);
            product_alone(x.slice(s![rows.clone(), ..]), y.t())
        });
        let products: Vec<_> = products.collect();
        for (row, kernels) in tile.rows_mut().into_iter().enumerate() {
            let layers = products.iter().map(|layer| layer.row(row).to_slice());
            let layers: Option<Vec<_>> = layers.collect();
            if let (Some(kernels), Some(layers)) = (kernels.into_slice(), layers) {
                self.write_row(kernels, &layers, (x, i + row), (y, columns.clone()));
            }
        }
    }

    /// The kernels of record `i` of `x` with some records of `y`, from the inner products of the
    /// states of each layer.
    fn write_row(
        &self,
        row: &mut [F],
        layers: &[&[F]],
        (x, i): (&States<F>, usize),
        (y, columns): (&States<F>, Range<usize>),
    ) {
        write_inner_products(row, layers, self.biases);
        if let Some(centre) = &self.centre {
            let own = centre.square() - x.centre[i];
            update(row, &y.centre[columns.clone()], |xy, a| xy + own - a);
        }
        let own = x.scale[i];
        let scales = &y.scale[columns.clone()];
        update(row, scales, |xy, scale| xy * own * scale);
        let squares = &y.square[columns.clone()];
        self.shape.apply(row, x.square[i], squares);
        let own = x.pixel_scale[i];
        let scales = &y.pixel_scale[columns];
        self.pixels.apply(row, layers[0], own, scales);
    }

    /// [`diagonal`](Self::diagonal) of states.
    pub(in crate::fisher) fn diagonal_of(&self, x: &States<F>) -> Array1<F> {
        let mut diagonal = Array1::from(x.square.clone());
        for ((kernel, &square), &scale) in diagonal.iter_mut().zip(&x.square).zip(&x.pixel_scale) {
            self.shape
                .apply(std::slice::from_mut(kernel), square, &[square]);
            *kernel = self.pixels.apply_to_own(*kernel, scale);
        }
        diagonal
    }
}

/// Cuts a matrix into tiles, each with its first row and column.
fn tiles<F>(matrix: ArrayViewMut2<F>) -> Vec<([usize; 2], ArrayViewMut2<F>)> {
    let mut tiles = Vec::new();
    let (mut below, mut row) = (matrix, 0);
    while !below.is_empty() {
        let height = below.nrows().min(TILE[0]);
        let (mut beside, rest) = below.split_at(Axis(0), height);
        let mut column = 0;
        while !beside.is_empty() {
            let width = beside.ncols().min(TILE[1]);
            let (tile, rest) = beside.split_at(Axis(1), width);
            tiles.push(([row, column], tile));
            (beside, column) = (rest, column + width);
        }
        (below, row) = (rest, row + height);
    }
    tiles
}
