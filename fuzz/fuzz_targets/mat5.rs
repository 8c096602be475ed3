//! MAT-files, and the loader of Alphanumeric behind the reader.
//!
//! The seed `whole` is a whole set of identical images, which compresses to few bytes, so that the
//! checks of the loader are reached.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linfa_fisher::datasets::{alphanumeric_from_bytes, mat5};

fuzz_target!(|data: &[u8]| {
    // The arrays of a whole set take up 0.6 MB.
    if mat5::read(data, 1 << 20).is_ok() {
        if let Ok(dataset) = alphanumeric_from_bytes::<f32>(data, "binaryalphadigs.mat") {
            assert_eq!(dataset.records.dim(), (1404, 320));
        }
    }
});
