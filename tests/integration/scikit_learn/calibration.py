"""Writes calibration.json: probabilities of CalibratedClassifierCV.

    pip install -r requirements.txt && python calibration.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import PredefinedSplit

FOLDS = 3


def dealt(targets):
    """Folds as this crate deals them: rows by class, in the order of the classes' first rows."""
    _, firsts, classes = np.unique(targets, return_index=True, return_inverse=True)
    order = np.argsort(firsts[classes], kind="stable")
    folds = np.empty(len(targets), int)
    folds[order] = np.arange(len(targets)) % FOLDS
    return PredefinedSplit(folds)


def case(name, classes, weighted, rng):
    """Sixty records of four features, of classes that overlap."""
    targets = np.arange(60) % classes
    records = rng.normal(size=(60, 4)).round(3) + 0.8 * np.eye(classes, 4)[targets]
    weights = rng.integers(1, 9, 60) / 4 if weighted else np.ones(60)
    models = {}
    for method in ("sigmoid", "isotonic"):
        models[method] = CalibratedClassifierCV(RidgeClassifier(solver="cholesky"), cv=dealt(targets),
                                                ensemble=False, method=method)
        models[method].fit(records, targets, weights)
    model = models["sigmoid"]
    sigmoids = [[c.a_, c.b_] for c in model.calibrated_classifiers_[0].calibrators]
    return {"name": name, "records": records.tolist(), "targets": targets.tolist(),
            "weights": weights.tolist(), "sigmoids": sigmoids,
            "probabilities": model.predict_proba(records).tolist(),
            "isotonic": models["isotonic"].predict_proba(records).tolist()}


def main():
    rng = np.random.default_rng(5)
    cases = [
        case("three classes", 3, False, rng),
        case("weights", 3, True, rng),
        case("two classes", 2, True, rng),
    ]
    file = {"versions": {name: version(name) for name in ("numpy", "scikit-learn")}, "cases": cases}
    Path(__file__).with_name("calibration.json").write_text(json.dumps(file) + "\n")


if __name__ == "__main__":
    main()
