//! What the paper prints, in per cent.

use super::sets::Set;

/// A value and its spread.
pub(crate) type Value = (f64, f64);

/// Table 2: features, whether by the SVM, and the values for MNIST, USPS and Alphanumeric.
const TABLE_2: [(&str, bool, [Value; 3]); 6] = [
    ("IDFK", true, [(99.20, 0.10), (99.10, 0.02), (79.00, 0.05)]),
    ("DFK", true, [(98.20, 0.10), (94.86, 0.02), (70.56, 0.01)]),
    ("FK", true, [(91.20, 0.10), (86.92, 0.28), (70.50, 2.73)]),
    ("IDFK", false, [(96.47, 0.01), (97.71, 0.01), (77.6, 0.07)]),
    ("DFK", false, [(85.61, 0.01), (91.78, 0.01), (71.52, 0.09)]),
    ("FK", false, [(90.95, 0.03), (78.02, 1.67), (59.11, 3.84)]),
];

/// The value of Table 2 for features by the linear SVM or by the nearest neighbour.
pub(crate) fn table2(features: &str, by_svm: bool, set: Set) -> Option<Value> {
    let column = column(set)?;
    let found = TABLE_2
        .iter()
        .find(|row| row.0 == features && row.1 == by_svm);
    found.map(|row| row.2[column])
}

/// Table 3: systems, and the values for MNIST, USPS and Alphanumeric.
const TABLE_3: [(&str, [Option<f64>; 3]); 9] = [
    (
        "Deep Belief Network",
        [Some(98.75), Some(93.10), Some(87.57)],
    ),
    ("ClassRBM", [Some(94.51), Some(91.51), Some(71.52)]),
    ("AlexNet", [Some(96.60), Some(97.30), Some(94.00)]),
    ("CNN", [Some(99.18), Some(98.20), Some(73.00)]),
    ("CKELM", [Some(96.80), Some(96.20), None]),
    ("CNN-SVM hybrid", [Some(98.00), Some(99.20), None]),
    ("ResNet50 + nLDA", [Some(99.10), Some(99.20), None]),
    ("Q-learning DBN", [Some(99.50), Some(98.60), None]),
    (
        "CNN with two-state Q-learning",
        [Some(99.00), Some(99.70), None],
    ),
];

/// The value of Table 3 for a system; that of Table 2 for IDFK; Salakhutdinov and Hinton's for the
/// fine-tuned DBM.
pub(crate) fn table3(system: &str, set: Set) -> Option<f64> {
    match (system, set) {
        ("IDFK, linear SVM", _) => table2("IDFK", true, set).map(|(value, _)| value),
        ("DBM, fine-tuned", Set::Mnist) => Some(99.05),
        _ => {
            let row = TABLE_3.iter().find(|row| row.0 == system)?;
            row.1[column(set)?]
        }
    }
}

/// The place of a set's values.
fn column(set: Set) -> Option<usize> {
    Some(match set.published()? {
        Set::Mnist => 0,
        Set::Usps => 1,
        _ => 2,
    })
}

/// A result that others have published: the system, the set, its accuracy and where it stands.
pub(crate) struct Rival {
    pub(crate) system: &'static str,
    pub(crate) set: Set,
    pub(crate) accuracy: f64,
    pub(crate) source: &'static str,
}

/// Where the family stands beside other systems.
pub(crate) const RIVALS: [Rival; 7] = [
    Rival {
        system: "deep belief network, fine-tuned by wake and sleep",
        set: Set::Mnist,
        accuracy: 98.75,
        source: "Hinton, Osindero and Teh, Neural Computation 18, 2006: 1.25 %; Table 3 of the paper",
    },
    Rival {
        system: "the same pretraining, softmax units, back-propagation",
        set: Set::Mnist,
        accuracy: 98.85,
        source: "Hinton, Progress in Brain Research 165, 2007: 1.15 %",
    },
    Rival {
        system: "deep Boltzmann machine (500, 1000), fine-tuned",
        set: Set::Mnist,
        accuracy: 99.05,
        source: "Salakhutdinov and Hinton, AISTATS 2009: 0.95 %",
    },
    Rival {
        system: "virtual support vectors, polynomial kernel of degree 9",
        set: Set::Mnist,
        accuracy: 99.44,
        source: "DeCoste and Schölkopf, Machine Learning 46, 2002: 0.56 %",
    },
    Rival {
        system: "virtual support vectors, Gaussian kernel",
        set: Set::Usps,
        accuracy: 96.8,
        source: "Schölkopf, Burges and Vapnik, ICANN 1996: 3.2 %",
    },
    Rival {
        system: "kernel densities with tangent distance, virtual data, several classifiers",
        set: Set::Usps,
        accuracy: 97.8,
        source: "Keysers, Macherey, Ney and Dahmen, PAMI 26, 2004: 2.2 %",
    },
    Rival {
        system: "human readers",
        set: Set::Usps,
        accuracy: 97.5,
        source: "Bromley and Säckinger, AT&T Bell Laboratories, 1991: 2.5 %",
    },
];
