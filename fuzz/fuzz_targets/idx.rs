//! Two IDX files in one input. The first byte is the length of the file of labels, which comes
//! before the file of images.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linfa_fisher::datasets::IdxImages;

fuzz_target!(|data: &[u8]| {
    let Some((&length, files)) = data.split_first() else { return };
    let (labels, images) = files.split_at(files.len().min(length.into()));
    let reader = IdxImages::new(10).transposed(length % 2 == 1);
    if let Ok(dataset) = reader.read_from::<f32>((images, "images"), (labels, "labels")) {
        assert!(dataset.records.iter().all(|v| (0.0..=1.0).contains(v)));
        assert!(dataset.targets.iter().all(|&class| class < 10));
    }
});
