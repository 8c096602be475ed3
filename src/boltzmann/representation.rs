//! Machines as linfa transformers: from records to their hidden representation.

/// A name for each unit of hidden layers of these sizes: `h1[3]` is the fourth one of the first.
pub(super) fn unit_names(layers: &[usize]) -> Vec<String> {
    let of_layer =
        |(layer, &units): (usize, &usize)| (0..units).map(move |unit| format!("h{layer}[{unit}]"));
    (1..).zip(layers).flat_map(of_layer).collect()
}

/// Implements linfa's `Transformer` for a machine, possibly with a type of labels, whose method
/// `represent` maps records (`n x d`) to their representation: for owned and borrowed records, and
/// for datasets, which keep their targets, weights and names of targets, and whose features have
/// the names that the method `unit_names` gives.
macro_rules! transforms_records {
    ($(#[$doc:meta])* $machine:ident $(<$label:ident>)?) => {
        $(#[$doc])*
        impl<F, D $(, $label)?>
            linfa::traits::Transformer<
                ndarray::ArrayBase<D, ndarray::Ix2>,
                $crate::Result<ndarray::Array2<F>>,
            > for $machine<F $(, $label)?>
        where
            F: $crate::Float,
            D: ndarray::Data<Elem = F>,
        {
            fn transform(
                &self,
                records: ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> $crate::Result<ndarray::Array2<F>> {
                self.represent(records.view())
            }
        }

        impl<F, D $(, $label)?>
            linfa::traits::Transformer<
                &ndarray::ArrayBase<D, ndarray::Ix2>,
                $crate::Result<ndarray::Array2<F>>,
            > for $machine<F $(, $label)?>
        where
            F: $crate::Float,
            D: ndarray::Data<Elem = F>,
        {
            fn transform(
                &self,
                records: &ndarray::ArrayBase<D, ndarray::Ix2>,
            ) -> $crate::Result<ndarray::Array2<F>> {
                self.represent(records.view())
            }
        }

        impl<F, D, T $(, $label)?>
            linfa::traits::Transformer<
                linfa::DatasetBase<ndarray::ArrayBase<D, ndarray::Ix2>, T>,
                $crate::Result<linfa::DatasetBase<ndarray::Array2<F>, T>>,
            > for $machine<F $(, $label)?>
        where
            F: $crate::Float,
            D: ndarray::Data<Elem = F>,
            T: linfa::dataset::AsTargets,
        {
            fn transform(
                &self,
                dataset: linfa::DatasetBase<ndarray::ArrayBase<D, ndarray::Ix2>, T>,
            ) -> $crate::Result<linfa::DatasetBase<ndarray::Array2<F>, T>> {
                let hidden = self.represent(dataset.records.view())?;
                let dataset = $crate::checks::with_features(dataset, hidden)?;
                Ok(dataset.with_feature_names(self.unit_names()))
            }
        }

        #[cfg(feature = "serde")]
        impl<F: $crate::Float $(, $label)?> $crate::persistence::Featuriser
            for $machine<F $(, $label)?>
        {
            fn nfeatures(&self) -> usize {
                self.unit_names().len()
            }
        }
    };
}
pub(crate) use transforms_records;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_named_by_layer() {
        assert_eq!(unit_names(&[2, 1]), ["h1[0]", "h1[1]", "h2[0]"]);
    }
}
