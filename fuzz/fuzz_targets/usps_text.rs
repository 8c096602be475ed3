//! Lines of blank-separated numbers, of 2 x 2 pixels so that whole images are found soon.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linfa_fisher::datasets::{ImageShape, TextImages};

fuzz_target!(|data: &[u8]| {
    let reader = TextImages::new(ImageShape::new(2, 2), 10);
    if let Ok(dataset) = reader.read_from::<f32>(data, "zip.train") {
        assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
        assert!(dataset.targets.iter().all(|&class| class < 10));
    }
});
