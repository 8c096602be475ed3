//! Fisher vectors of mixtures of diagonal Gaussians (Perronnin & Dance 2007; Perronnin, Sanchez &
//! Mensink 2010).
//!
//! ```text
//! p(x) = sum_k w_k N(x; mu_k, diag sigma_k^2),  gamma_k = p(k | x),  u_k = (x - mu_k) / sigma_k
//!
//! d log p / d alpha_k = gamma_k - w_k                   where w = exp(alpha) / sum exp(alpha)
//! d log p / d mu_k    = gamma_k u_k / sigma_k           information w_k / sigma_k^2
//! d log p / d sigma_k = gamma_k (u_k^2 - 1) / sigma_k   information 2 w_k / sigma_k^2
//! ```

mod checks;
#[cfg(feature = "clustering")]
mod clustering;
mod components;
mod error;
mod fisher_vector;
mod full;
mod maximisation;
mod pooling;
mod posteriors;
mod score;
mod source;
mod spread;
#[cfg(test)]
mod tests;

pub use error::MixtureError;
pub use score::GaussianMixtureScore;
pub use spread::Spread;
