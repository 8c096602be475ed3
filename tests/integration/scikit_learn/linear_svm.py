"""Writes linear_svm.json: hyperplanes of LinearSVC, solved as far as it goes.

    pip install -r requirements.txt && python linear_svm.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.svm import LinearSVC


def case(name, classes, weighted, rng, **settings):
    """Forty records of four features, of classes that overlap."""
    targets = np.arange(40) % classes
    records = rng.normal(size=(40, 4)).round(3) + 0.8 * np.eye(classes, 4)[targets]
    weights = rng.uniform(0.5, 2, 40).round(3) if weighted else np.ones(40)
    model = LinearSVC(tol=1e-12, max_iter=1_000_000, random_state=0, **settings)
    model.fit(records, targets, weights)
    return {"name": name, "records": records.tolist(), "targets": targets.tolist(),
            "weights": weights.tolist(), "cost": settings["C"], "loss": settings["loss"],
            "scaling": settings.get("intercept_scaling", 1.0),
            "coefficients": model.coef_.T.tolist(), "intercepts": model.intercept_.tolist()}


def main():
    rng = np.random.default_rng(7)
    cases = [
        case("squared hinge", 3, False, rng, C=0.5, loss="squared_hinge"),
        case("weights, other intercept", 3, True, rng, C=0.3, loss="squared_hinge",
             intercept_scaling=3.0),
        case("hinge", 3, True, rng, C=0.2, loss="hinge"),
        case("two classes", 2, False, rng, C=2.0, loss="squared_hinge"),
    ]
    file = {"versions": {name: version(name) for name in ("numpy", "scikit-learn")}, "cases": cases}
    Path(__file__).with_name("linear_svm.json").write_text(json.dumps(file) + "\n")


if __name__ == "__main__":
    main()
