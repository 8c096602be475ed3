//! MAT-files, and the loader of Alphanumeric behind the reader.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linfa_fisher::datasets::{alphanumeric_from_bytes, mat5};

fuzz_target!(|data: &[u8]| {
    if mat5::read(data, 1 << 16).is_ok() {
        let _ = alphanumeric_from_bytes::<f32>(data, "binaryalphadigs.mat");
    }
});
