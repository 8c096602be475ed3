//! Settings that may differ from layer to layer.

/// A setting of the layer-wise pretraining: one value for all hidden layers, or one for each.
///
/// # Example
///
/// ```
/// use linfa::ParamGuard;
/// use linfa_fisher::boltzmann::{Dbm, PerLayer};
///
/// let same = Dbm::<f32>::params(&[40, 80]).pretraining_epochs(20);
/// let each = Dbm::<f32>::params(&[40, 80]).pretraining_epochs([20, 5]);
/// assert_eq!(same.check().unwrap().pretraining_epochs(), &PerLayer::Same(20));
/// assert_eq!(each.check().unwrap().pretraining_epochs().of(2), 5);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub enum PerLayer<T> {
    /// The same value for all hidden layers.
    Same(T),
    /// One value per hidden layer, that of the layer next to the visible units first.
    Each(Vec<T>),
}

impl<T: Copy> PerLayer<T> {
    /// The value of a hidden layer, 1 for the one next to the visible units.
    ///
    /// # Panics
    ///
    /// If each layer has a value of its own and there is no such layer.
    pub fn of(&self, layer: usize) -> T {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values[layer - 1],
        }
    }

    /// All values: one if it is the same for all layers, else one per layer.
    pub fn values(&self) -> &[T] {
        match self {
            Self::Same(value) => std::slice::from_ref(value),
            Self::Each(values) => values,
        }
    }

    /// Whether there is a value for each of `layers` hidden layers.
    pub(crate) fn fits(&self, layers: usize) -> bool {
        match self {
            Self::Same(_) => true,
            Self::Each(values) => values.len() == layers,
        }
    }
}

impl<T> From<T> for PerLayer<T> {
    fn from(value: T) -> Self {
        Self::Same(value)
    }
}

impl<T> From<Vec<T>> for PerLayer<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Each(values)
    }
}

impl<T: Clone, const N: usize> From<[T; N]> for PerLayer<T> {
    fn from(values: [T; N]) -> Self {
        Self::Each(values.to_vec())
    }
}
