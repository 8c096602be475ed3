"""Writes cases.json: mean average precision by scikit-learn.

    pip install -r requirements.txt && python generate.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score


def case(name, queries, rows, classes, levels, rng):
    """Distances, of few levels if there are to be ties, that are less within a class."""
    targets = rng.integers(0, classes, rows)
    truth = rng.integers(0, classes + 1, queries)
    distances = rng.uniform(0, 1, (queries, rows)) + 0.3 * (truth[:, None] != targets)
    if levels:
        distances = np.floor(distances * levels)
    precisions = [average_precision_score(targets == c, -d)
                  for c, d in zip(truth, distances) if (targets == c).any()]
    return {"name": name, "truth": truth.tolist(), "targets": targets.tolist(),
            "distances": distances.tolist(), "queries": len(precisions),
            "mean": float(np.mean(precisions))}


def main():
    rng = np.random.default_rng(42)
    cases = [
        case("distinct distances", 12, 40, 3, None, rng),
        case("many ties", 12, 40, 3, 8, rng),
        case("two distances", 6, 15, 2, 1, rng),
        case("one class", 5, 4, 1, None, rng),
    ]
    versions = {name: version(name) for name in ["numpy", "scikit-learn"]}
    path = Path(__file__).with_name("cases.json")
    path.write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
