//! How a fitted classifier predicts.

/// Implements prediction for a classifier `struct Name<F, L>` with the field `classes`, the methods
/// `nvisible(&self) -> usize` and `log_probabilities(&self, ArrayView2<F>) -> Result<Array2<F>>`:
/// the probabilities of classes, the class of the greatest, linfa's `PredictInplace` and this
/// crate's traits.
macro_rules! predicts_classes {
    ($model:ident) => {
        impl<F: $crate::Float, L: linfa::Label> $model<F, L> {
            /// `p(class)` of every class (columns, in ascending order) for every row of `records`
            /// (`n x d`): `n x c`; rows sum to 1.
            ///
            /// # Errors
            ///
            /// Those of [`decision_function`].
            ///
            /// [`decision_function`]: crate::classification::DecisionFunction::decision_function
            pub fn probabilities<D: ndarray::Data<Elem = F>>(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> $crate::Result<ndarray::Array2<F>> {
                let logs = self.log_probabilities(records.view())?;
                Ok(logs.mapv_into(F::exp))
            }

            /// The likeliest class of every row of `records` (`n x d`).
            ///
            /// # Errors
            ///
            /// [`RecordsError`](crate::error::RecordsError) for records of another width, or with
            /// values that the visible units cannot take.
            pub fn try_predict<D: ndarray::Data<Elem = F>>(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> $crate::Result<ndarray::Array1<L>> {
                let logs = self.log_probabilities(records.view())?;
                Ok($crate::classification::greatest_classes(
                    logs.view(),
                    &self.classes,
                ))
            }
        }

        /// Decision values are `log p(class)`.
        impl<F: $crate::Float, L: linfa::Label> $crate::classification::DecisionFunction<F>
            for $model<F, L>
        {
            type Label = L;

            fn classes(&self) -> &[L] {
                &self.classes
            }

            fn decision_function<D: ndarray::Data<Elem = F>>(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> $crate::Result<ndarray::Array2<F>> {
                self.log_probabilities(records.view())
            }
        }

        impl<F: $crate::Float, L: linfa::Label> $crate::traits::TryPredict<F, L> for $model<F, L> {
            fn try_predict<D: ndarray::Data<Elem = F>>(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> $crate::Result<ndarray::Array1<L>> {
                Self::try_predict(self, records)
            }

            fn evaluate<D: ndarray::Data<Elem = F>>(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> $crate::Result<$crate::traits::Evaluation<L>> {
                $crate::classification::evaluate_greatest(self, records)
            }
        }

        /// Predicts the class of every row of `n x d` records.
        ///
        /// # Panics
        ///
        /// `predict` and `predict_inplace` panic with the message of the error that `try_predict`
        /// returns, and where the number of targets is not that of the records.
        impl<F, L, D>
            linfa::traits::PredictInplace<ndarray::ArrayBase<D, ndarray::Ix2>, ndarray::Array1<L>>
            for $model<F, L>
        where
            F: $crate::Float,
            L: linfa::Label,
            D: ndarray::Data<Elem = F>,
        {
            fn predict_inplace(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
                targets: &mut ndarray::Array1<L>,
            ) {
                let predictions = Self::try_predict(self, records);
                $crate::classification::write_predictions(predictions, targets);
            }

            fn default_target(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> ndarray::Array1<L> {
                ndarray::Array1::default(records.nrows())
            }
        }

        #[cfg(feature = "serde")]
        impl<F: $crate::Float, L> $crate::persistence::Loadable for $model<F, L> {
            fn check_loaded(&self, columns: usize) -> $crate::Result<()> {
                $crate::persistence::check_columns(self.nvisible(), columns)
            }
        }
    };
}
pub(super) use predicts_classes;
