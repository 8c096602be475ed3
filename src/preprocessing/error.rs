//! Faults of what records go through before a model sees them.

use crate::ImageShape;

/// Faults of what records go through before a model sees them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreprocessingError {
    /// Patches without pixels, or larger than the images that they are of.
    #[error(
        "patches of {patch} pixels of images of {image}, expected at least 1x1 and at most {image}"
    )]
    PatchShape {
        /// Shape of the patches.
        patch: ImageShape,
        /// Shape of the images.
        image: ImageShape,
    },
    /// Patches that are no pixels apart.
    #[error("patches {0} pixels apart, expected at least 1")]
    PatchStep(usize),
}
