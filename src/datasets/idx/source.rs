//! Images of an IDX file as a source of records.

use std::path::PathBuf;

use linfa::Float;
use ndarray::Array2;

use super::file::{FILE_BYTES, IdxFile};
use super::images::{IdxImages, grey_levels};
use crate::datasets::source::Source;
use crate::record_source::{RecordSource, SourceFault, TakeBlock};

/// Images of a block.
const BLOCK_ROWS: usize = 1000;

/// The images of an IDX file, which is read again in every pass, as a [`RecordSource`]; made by
/// [`IdxImages::source`].
///
/// It holds a block of 1000 images at a time. Labels are not needed. A file that changes while it
/// is in use is detected by the one who reads.
///
/// # Example
///
/// ```no_run
/// use linfa::prelude::*;
/// use linfa_fisher::Rbm;
/// use linfa_fisher::datasets::IdxImages;
///
/// # fn main() -> linfa_fisher::Result<()> {
/// let images = IdxImages::new(10).source("data/train-images-idx3-ubyte.gz");
/// let params = Rbm::<f32>::params(500).epochs(10).check()?;
/// let rbm = params.run_source(&images, 10_000).train()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdxSource {
    pub(super) reader: IdxImages,
    pub(super) path: PathBuf,
}

/// Fails with the errors of [`IdxImages::read`].
impl<F: Float> RecordSource<F> for IdxSource {
    fn pass(&self, _number: usize, take: &mut TakeBlock<'_, F>) -> Result<(), SourceFault> {
        let (path, levels) = (&self.path, grey_levels::<F>());
        let images = IdxFile::<_, 3>::new(Source::open(path, FILE_BYTES)?, path)?;
        let (stored, rows) = self.reader.checked(&images.dims, path)?;
        let block_values = BLOCK_ROWS * stored.pixels();
        let level = |_, byte| Ok(levels[usize::from(byte)]);
        images.read_blocks(&rows, level, block_values, &mut |mut values| {
            self.reader.arrange(&mut values, stored);
            let images = values.len() / stored.pixels();
            take(Array2::from_shape_vec((images, stored.pixels()), values)?)
        })
    }
}

impl IdxImages {
    /// The images of a file, plain or compressed, as a source of records (n x `height * width`) in
    /// [0, 1] for trainings of which memory does not hold the records. The file is opened with
    /// each pass; its faults are errors of the pass.
    pub fn source(&self, images: impl Into<PathBuf>) -> IdxSource {
        IdxSource {
            reader: self.clone(),
            path: images.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::error::DataError;
    use crate::datasets::idx::IdxError;
    use crate::record_source::RecordSource;

    #[test]
    fn autotraits() {
        fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
        has_autotraits::<IdxSource>();
    }

    /// Blocks of a source, and its error.
    fn blocks(source: &IdxSource) -> (Vec<Array2<f64>>, Option<SourceFault>) {
        let mut blocks = Vec::new();
        let outcome = source.pass(1, &mut |block| {
            blocks.push(block);
            Ok(())
        });
        (blocks, outcome.err())
    }

    fn header(magic: u8, dims: &[u32]) -> Vec<u8> {
        let dims = dims.iter().flat_map(|dim| dim.to_be_bytes());
        [0, 0, 8, magic].into_iter().chain(dims).collect()
    }

    #[test]
    fn blocks_are_the_images_that_are_read_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pixels = (0..2500 * 6).map(|i| (i * i / 7 % 251) as u8);
        let images: Vec<u8> = header(3, &[2500, 2, 3]).into_iter().chain(pixels).collect();
        let labels: Vec<u8> = header(1, &[2500]).into_iter().chain([3; 2500]).collect();
        let path = folder.path().join("images");
        std::fs::write(&path, &images).unwrap();
        let plain = IdxImages::new(10);
        for reader in [
            plain.clone(),
            plain.clone().transposed(true),
            plain.rows(7..2003),
        ] {
            let whole = reader
                .read_from::<f64>((&images[..], "images"), (&labels[..], "labels"))
                .unwrap();
            let (blocks, fault) = blocks(&reader.source(&path));
            assert!(fault.is_none());
            let rows: Vec<usize> = blocks.iter().map(Array2::nrows).collect();
            let (last, others) = rows.split_last().unwrap();
            assert!(others.iter().all(|&rows| rows == 1000) && (1..=1000).contains(last));
            let views: Vec<_> = blocks.iter().map(Array2::view).collect();
            let read = ndarray::concatenate(ndarray::Axis(0), &views).unwrap();
            assert_eq!(read, whole.records);
        }
    }

    #[test]
    fn faults_of_the_file_are_those_of_the_pass() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("images");
        let source = IdxImages::new(10).source(&path);
        let fault = || match blocks(&source) {
            (read, Some(fault)) => (read.len(), *fault.downcast::<DataError>().unwrap()),
            (read, None) => panic!("{} blocks", read.len()),
        };
        assert!(matches!(fault(), (0, DataError::Unreadable { .. })));
        let pixels = vec![0; 1500 * 4 - 1];
        let cut: Vec<u8> = header(3, &[1500, 2, 2]).into_iter().chain(pixels).collect();
        std::fs::write(&path, cut).unwrap();
        let (read, error) = fault();
        assert_eq!(read, 1);
        let DataError::Idx { fault, .. } = error else {
            panic!("{error}");
        };
        assert!(matches!(fault, IdxError::Truncated { .. }));
    }
}
