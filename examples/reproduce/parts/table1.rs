//! Table 1: the machines and the lengths of their vectors.

use std::error::Error;

use linfa_fisher::Rbm;
use linfa_fisher::boltzmann::{Dbm, Parameters};
use linfa_fisher::fisher::FisherScore;

use crate::Lab;
use crate::report::{Section, Table};

pub(crate) fn section(lab: &Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("table1", "Table 1: dimensions");
    section.text("Hidden units, and numbers in a Fisher vector: one for each coupling.");
    let mut table = Table::new("", ["set", "pixels", "RBM", "length", "DBM", "length"]);
    for set in lab
        .plan
        .sets
        .iter()
        .filter(|set| set.published().is_none_or(|of| of == **set))
    {
        let (pixels, sizes) = (set.shape().pixels(), set.sizes());
        let rbm = Rbm::from_parameters(Parameters::<f32>::zeros(&[pixels, sizes.rbm])?)?;
        let [h1, h2] = sizes.dbm;
        let dbm = Dbm::from_parameters(Parameters::<f32>::zeros(&[pixels, h1, h2])?)?;
        table.row([
            set.title().to_owned(),
            pixels.to_string(),
            sizes.rbm.to_string(),
            rbm.layout(false).length().to_string(),
            format!("{h1}, {h2}"),
            dbm.layout(false).length().to_string(),
        ]);
    }
    section.table(table);
    Ok(section)
}
