//! The values of the Fisher kernel.

use ndarray::{Array1, Array2, ArrayBase, Axis, Data, Ix2};
use rayon::prelude::*;

use super::closed_form::FisherKernel;
use super::layered::LayeredScore;
use super::rows::{update, write_inner_products};
use super::states::States;
use crate::boltzmann::check_room;
use crate::fisher::checks::check_features;
use crate::numerics::dense::product;
use crate::{Float, Result};

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
        check_room::<F>("kernels", x.layers.len() + 1, [(x.len(), y.len())])?;
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
        let pairs = x.layers.iter().zip(&y.layers);
        let products: Vec<_> = pairs.map(|(x, y)| product(x.view(), y.t())).collect();
        let mut gram = Array2::zeros((x.len(), y.len()));
        let rows = gram.axis_iter_mut(Axis(0)).into_par_iter().enumerate();
        rows.for_each(|(i, row)| {
            let layers: Vec<_> = products.iter().map(|layer| layer.row(i)).collect();
            let layers: Vec<_> = layers.iter().filter_map(|layer| layer.as_slice()).collect();
            if let Some(row) = row.into_slice() {
                self.write_row(row, &layers, (x, i), y);
            }
        });
        check_features(gram.view(), 0)?;
        Ok(gram)
    }

    /// The kernels of record `i` of `x` with all records of `y`, from the inner products of the
    /// states of each layer.
    fn write_row(
        &self,
        row: &mut [F],
        layers: &[&[F]],
        (x, i): (&States<F>, usize),
        y: &States<F>,
    ) {
        write_inner_products(row, layers, self.biases);
        if let Some(centre) = &self.centre {
            let own = centre.square() - x.centre[i];
            update(row, &y.centre, |xy, a| xy + own - a);
        }
        let own = x.scale[i];
        update(row, &y.scale, |xy, scale| xy * own * scale);
        self.shape.apply(row, x.square[i], &y.square);
        let own = x.pixel_scale[i];
        self.pixels.apply(row, layers[0], own, &y.pixel_scale);
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
