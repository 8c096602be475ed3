"""Writes ridge_classifier.json: coefficients of RidgeClassifier.

    pip install -r requirements.txt && python ridge_classifier.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.linear_model import RidgeClassifier


def case(name, classes, weighted, balanced, alpha, rng):
    """Forty records of four features, of classes that overlap, most of them of the first."""
    targets = np.maximum(np.arange(40) % (classes + 1) - 1, 0)
    records = rng.normal(size=(40, 4)).round(3) + 0.8 * np.eye(classes, 4)[targets] + 3
    weights = rng.integers(1, 9, 40) / 4 if weighted else np.ones(40)
    model = RidgeClassifier(alpha=alpha, class_weight="balanced" if balanced else None,
                            solver="cholesky")
    model.fit(records, targets, weights)
    decisions = model.decision_function(records[:5])
    return {"name": name, "records": records.tolist(), "targets": targets.tolist(),
            "weights": weights.tolist(), "balanced": balanced, "alpha": alpha,
            "coefficients": np.atleast_2d(model.coef_).T.tolist(), "intercepts": model.intercept_.tolist(),
            "decisions": decisions.reshape(5, -1).tolist(),
            "predictions": model.predict(records).tolist()}


def main():
    rng = np.random.default_rng(11)
    cases = [
        case("three classes", 3, False, False, 1.0, rng),
        case("weights", 3, True, False, 0.3, rng),
        case("balanced", 4, False, True, 5.0, rng),
        case("balanced and weights", 3, True, True, 2.0, rng),
        case("two classes", 2, True, False, 0.5, rng),
    ]
    file = {"versions": {name: version(name) for name in ("numpy", "scikit-learn")}, "cases": cases}
    Path(__file__).with_name("ridge_classifier.json").write_text(json.dumps(file) + "\n")


if __name__ == "__main__":
    main()
