//! Named figures: what an epoch of any model measures.

use std::borrow::Cow;

/// Name of the figure that is the time of an epoch in seconds.
pub const SECONDS: &str = "seconds";

/// Figures of one epoch of a training, each with its name, in the order in which the model reports
/// them: the most telling one first.
///
/// The figures of Boltzmann machines are named in [`boltzmann::figures`]. A model of your own names
/// its figures as it likes.
///
/// [`boltzmann::figures`]: crate::boltzmann::figures
///
/// # Example
///
/// ```
/// use linfa_fisher::observer::Figures;
///
/// let figures = Figures::default().with("log-likelihood", -20.5).with("components", 8.0);
/// assert_eq!(figures.get("log-likelihood"), Some(-20.5));
/// assert_eq!(figures.get("free energy"), None);
/// assert_eq!(figures.iter().last(), Some(("components", 8.0)));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde_crate::Serialize, serde_crate::Deserialize),
    serde(crate = "serde_crate")
)]
pub struct Figures(Vec<(Cow<'static, str>, f64)>);

impl Figures {
    /// Adds a figure after the others, or replaces the one of the same name.
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: f64) -> Self {
        let name = name.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
        self
    }

    /// Adds other figures after these.
    pub fn and(self, others: Figures) -> Self {
        let add = |figures: Self, (name, value)| figures.with(name, value);
        others.0.into_iter().fold(self, add)
    }

    /// The figure of that name; `None` if the epoch has not measured it.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter()
            .find(|&(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// All figures in their order, each as its name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_figure() {
        let first = Figures::default().with("a", 1.0).with("b", 2.0);
        let both = first.and(Figures::default().with("c", 3.0).with("a", 4.0));
        let listed: Vec<_> = both.iter().collect();
        assert_eq!(listed, [("a", 4.0), ("b", 2.0), ("c", 3.0)]);
    }
}
