//! Comma-separated images of 2 x 2 pixels; the first byte chooses the options.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linfa_fisher::datasets::{CsvImages, ImageShape};

fuzz_target!(|data: &[u8]| {
    let Some((&options, text)) = data.split_first() else { return };
    let reader = CsvImages::new(ImageShape::new(2, 2), 10)
        .header(options & 1 != 0)
        .label_first(options & 2 != 0);
    if let Ok(dataset) = reader.read_from::<f32>(text, "images.csv") {
        assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
        assert!(dataset.targets.iter().all(|&class| class < 10));
    }
});
