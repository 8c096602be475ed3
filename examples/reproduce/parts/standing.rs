//! Where the family stands beside other systems.

use std::error::Error;

use super::best;
use crate::Lab;
use crate::family::Scope;
use crate::published::RIVALS;
use crate::report::{Section, Table};
use crate::sets::Set;

pub(crate) fn section(lab: &mut Lab) -> Result<Section, Box<dyn Error>> {
    let mut section = Section::new("standing", "Where it stands");
    section.text(
        "Accuracy in per cent on the official test images. Of Alphanumeric no more than 97.2 can be right, \
         since the classes 0 and O hold the same 39 images, pixel for pixel: of 78 a classifier gets half.",
    );
    let mut table = Table::new("", ["set", "system", "accuracy", "source"]);
    let with_rivals = |set: &Set| RIVALS.iter().any(|rival| rival.set == *set);
    for set in lab.plan.primary().into_iter().filter(with_rivals) {
        let own = best::summary(lab, set, Scope::AnySize)?.outcome;
        table.row([
            set.title().to_owned(),
            "this report: linear SVM on improved vectors, any size of machine".to_owned(),
            format!("{:.2}", own.svm.accuracy),
            "above".to_owned(),
        ]);
        for rival in RIVALS.iter().filter(|rival| rival.set == set) {
            table.row([
                set.title().to_owned(),
                rival.system.to_owned(),
                format!("{:.2}", rival.accuracy),
                rival.source.to_owned(),
            ]);
        }
    }
    match table.is_empty() {
        true => section.text("None of these sets has published figures here."),
        false => section.table(table),
    }
    Ok(section)
}
