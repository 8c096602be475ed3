//! The first pass over a source.

use super::pass::Pass;
use super::survey::Survey;
use crate::boltzmann::training::digests::Digests;
use crate::boltzmann::training::error::TrainingError;
use crate::boltzmann::training::hyperparams::Training;
use crate::numerics::columns::ColumnMeans;
use crate::record_source::RecordSource;
use crate::{Float, Result};

impl<F: Float> Survey<F> {
    /// Reads pass 0 and checks all of it.
    ///
    /// # Errors
    ///
    /// As for [`Pass::read`]; [`EmptySource`](TrainingError::EmptySource).
    pub(super) fn of(source: &dyn RecordSource<F>, training: &Training<F>) -> Result<Self> {
        let (mut rows, mut means, mut digests) = (0, None, Digests::default());
        let pass = Pass {
            source,
            training,
            number: 0,
        };
        pass.read(&mut |number, block| {
            let (columns, so_far) = means.get_or_insert_with(|| {
                let columns = block.ncols();
                (columns, ColumnMeans::new(columns))
            });
            pass.check_width(number, block.ncols(), *columns)?;
            pass.check_values(number, block)?;
            so_far.extend(block);
            digests.extend(block);
            rows += block.nrows();
            Ok(())
        })?;
        let (_, means) = means.ok_or(TrainingError::EmptySource)?;
        Ok(Self {
            rows,
            means: means.means(),
            digests: digests.finish(),
        })
    }
}
