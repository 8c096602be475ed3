//! SHAP values of any model by sampling permutations of its features.

mod explainer;
mod game;
mod params;
mod shap_values;
#[cfg(test)]
mod tests;

pub use params::{PermutationShap, PermutationShapParams};
pub use shap_values::ShapValues;
