//! Faults of saved models and of checkpoints.

/// A fault of a saved model that no fitted model has, or a fault of a checkpoint.
///
/// # Example
///
/// ```
/// use linfa_fisher::metrics::ConfusionMatrix;
///
/// let file = r#"{"classes": [3, 3], "counts": {"v": 1, "dim": [2, 2], "data": [1, 0, 0, 1]}}"#;
/// let error = serde_json::from_str::<ConfusionMatrix<usize>>(file).unwrap_err();
/// assert!(error.to_string().starts_with("class 1 is not greater than the one before it"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersistenceError {
    /// A part whose shape does not fit the other parts.
    #[error("{part} of shape {found:?}, expected {expected:?}")]
    Shape {
        /// What has the shape.
        part: &'static str,
        /// The shape found.
        found: Vec<usize>,
        /// The shape that fits the other parts.
        expected: Vec<usize>,
    },
    /// A part that is missing, or a part that should not be there.
    #[error("{part} missing, or there though unused")]
    Presence {
        /// The part.
        part: &'static str,
    },
    /// A number that is NaN, infinite or out of its range.
    #[error("number {index} of {part} is NaN, infinite or out of range")]
    Number {
        /// What holds the number.
        part: &'static str,
        /// Its position, row by row.
        index: usize,
    },
    /// Numbers of another type than the model that is loaded.
    #[error("numbers of type {found}, expected {expected}: load the model as one of {found}")]
    ElementType {
        /// The type of the numbers in the file.
        found: String,
        /// That of the model.
        expected: &'static str,
    },
    /// Fewer than two classes.
    #[error("{0} classes, expected at least 2")]
    TooFewClasses(usize),
    /// Classes that are not distinct and in ascending order.
    #[error("class {position} is not greater than the one before it")]
    UnsortedClasses {
        /// Position of the class.
        position: usize,
    },
    /// A number of binary models that does not fit the number of classes.
    #[error("{found} binary models of {classes} classes, expected {expected}")]
    BinaryModels {
        /// Models found.
        found: usize,
        /// Models expected.
        expected: usize,
        /// Classes to tell apart.
        classes: usize,
    },
    /// Folds of a cross-validation that are not counted from 1, or that have failed and have rows.
    #[error(
        "folds that are not counted from 1 in ascending order, or failed ones with predictions"
    )]
    Folds,
    /// A score of more numbers than can be counted.
    #[error("blocks of more parameters than can be counted")]
    LayoutOverflow,
    /// A checkpoint that could not be read or written.
    #[error("checkpoint {}: {fault}", path.display())]
    Checkpoint {
        /// The file.
        path: std::path::PathBuf,
        /// What went wrong.
        fault: String,
    },
    /// Points of a calibration curve that no fit gives.
    #[error(
        "a calibration curve has points out of order or probabilities outside [0, 1], expected a curve that does not fall: the file is damaged"
    )]
    Curve,
    /// A checkpoint of a training with other hyper-parameters, random numbers or records, or of a
    /// cross-validation with other hyper-parameters, folds or records.
    #[error("checkpoint {} is of other hyper-parameters, random numbers, folds or records, or from another start; name another file to start anew", path.display())]
    OtherTraining {
        /// The file.
        path: std::path::PathBuf,
    },
}
