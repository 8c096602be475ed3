"""Writes cases.json: Fisher vectors by scikit-image of mixtures that scikit-learn has fitted.

    pip install -r requirements.txt && python generate.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from skimage.feature import fisher_vector
from sklearn.mixture import GaussianMixture


def case(name, components, width, fitted, sets, offset, rng):
    """A mixture of clustered descriptors, and the vectors of sets of some sizes."""
    centres = rng.normal(0, 3, (components, width)) + offset
    scales = rng.uniform(0.2, 2, (components, width))

    def draw(count):
        chosen = rng.integers(0, components, count)
        return centres[chosen] + scales[chosen] * rng.normal(size=(count, width))

    mixture = GaussianMixture(components, covariance_type="diag", random_state=0)
    mixture.fit(draw(fitted))
    vectors = []
    for size in sets:
        descriptors = draw(size)
        vectors.append({
            "descriptors": descriptors.tolist(),
            "plain": fisher_vector(descriptors, mixture).tolist(),
            "improved": fisher_vector(descriptors, mixture, improved=True).tolist(),
            "alpha_0.3": fisher_vector(descriptors, mixture, improved=True, alpha=0.3).tolist(),
        })
    return {"name": name, "weights": mixture.weights_.tolist(), "means": mixture.means_.tolist(),
            "variances": mixture.covariances_.tolist(), "sets": vectors}


def main():
    rng = np.random.default_rng(42)
    cases = [
        case("two components", 2, 3, 200, [2, 5, 40], 0, rng),
        case("more components than a panel", 35, 4, 2000, [1, 60], 0, rng),
        case("one coordinate", 3, 1, 300, [7], 0, rng),
        case("far from the origin", 4, 6, 400, [9, 30], 50, rng),
    ]
    packages = ["numpy", "scikit-image", "scikit-learn"]
    file = {"versions": {name: version(name) for name in packages}, "cases": cases}
    Path(__file__).with_name("cases.json").write_text(json.dumps(file, indent=None) + "\n")


if __name__ == "__main__":
    main()
