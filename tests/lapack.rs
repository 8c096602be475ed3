//! What depends on the eigenvalue decomposition, once more in a program of its own: it is built with
//! feature `blas`, where LAPACK takes faer's place.

#[path = "integration/common.rs"]
mod common;
#[path = "integration/pipeline.rs"]
mod pipeline;
#[path = "integration/whitening.rs"]
mod whitening;
