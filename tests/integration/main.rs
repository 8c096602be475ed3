//! Tests of the public interface, in one program: the compiler translates what they share once.

#[cfg(any(feature = "datasets", feature = "serde"))]
mod allocation;
#[cfg(feature = "datasets")]
mod alphanumeric;
mod autotraits;
#[cfg(feature = "datasets")]
mod bad_files;
#[cfg(feature = "datasets")]
mod bad_records;
#[cfg(feature = "datasets")]
mod bad_settings;
#[cfg(feature = "serde")]
mod cbor;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod checkpoint;
#[cfg(feature = "datasets")]
mod common;
#[cfg(feature = "datasets")]
mod compression;
#[cfg(feature = "download")]
mod datasets_download;
#[cfg(feature = "datasets")]
mod datasets_files;
#[cfg(feature = "datasets")]
mod datasets_memory;
#[cfg(feature = "datasets")]
mod determinism;
#[cfg(feature = "datasets")]
mod ecosystem;
#[cfg(all(feature = "datasets", feature = "progress"))]
mod external_model;
#[cfg(feature = "datasets")]
mod faults;
mod fit_with;
#[cfg(feature = "datasets")]
mod fuzz;
#[cfg(feature = "datasets")]
mod gaussian_mixture;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod json;
#[cfg(feature = "datasets")]
mod landmarks;
#[cfg(feature = "datasets")]
mod likelihood;
mod linear_svm;
mod linear_svm_extremes;
mod linear_svm_few_records;
#[cfg(feature = "datasets")]
mod linfa_classifiers;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod models;
#[cfg(feature = "serde")]
mod persistence;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_calibration;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_compression;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_discriminative;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_features;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_landmarks;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_linear_svm;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_mutations;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_parts;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_ridge_classifier;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod persistence_shapes;
#[cfg(feature = "datasets")]
mod pipeline;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod processes;
#[cfg(feature = "datasets")]
mod record_sources;
#[cfg(all(feature = "datasets", feature = "serde"))]
mod resumption;
mod robustness;
mod scikit_image;
mod scikit_learn;
#[cfg(feature = "datasets")]
mod stages;
#[cfg(feature = "datasets")]
mod unseen;
#[cfg(all(feature = "datasets", feature = "report"))]
mod validation_report;
#[cfg(feature = "datasets")]
mod virtual_examples;
#[cfg(feature = "datasets")]
mod whitening;
