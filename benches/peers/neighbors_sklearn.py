"""The nearest training image of every test image by scikit-learn's KNeighborsClassifier.

vectors   features that this crate leaves in a folder;
scores    the scores of a deep Boltzmann machine, written out for all images: the outer products of
          its neighbouring layers' states, in float32. Writing them is part of the work, as the
          states are of this crate's.
"""

import argparse
import resource
from pathlib import Path

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

import common
import features_numpy


def scores(machine, images):
    """One row of all scores for each image."""
    weights, _ = machine
    written = np.empty((len(images), sum(w.size for w in weights)), np.float32)
    for rows in features_numpy.blocks(images):
        features_numpy.write_scores(machine, images[rows], written[rows])
    return written


def main():
    options = common.parser(__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.add_argument("--folder", type=Path, required=True, help="records and classes, .npy")
    options.add_argument("--space", choices=["vectors", "scores"], required=True)
    options.add_argument("--jobs", type=int, default=common.cores())
    options = options.parse_args()
    read = lambda name: np.load(options.folder / f"{name}.npy")
    train, test = read("train"), read("test")
    classes, truth = (read(f"{name}_classes")[0].astype(int) for name in ("train", "test"))

    def work(_):
        records, queries = train, test
        if options.space == "scores":
            machine = features_numpy.read_machine(options.folder)
            records, queries = (scores(machine, images) for images in (train, test))
        nearest = KNeighborsClassifier(1, algorithm="brute", n_jobs=options.jobs)
        return nearest.fit(records, classes).predict(queries)

    taken, predicted = common.seconds(work, options.repetitions)
    common.report(f"nearest neighbours, {options.space}", "scikit-learn",
                  ["numpy", "scikit-learn"], taken, options.jobs,
                  test_accuracy=float(100 * np.mean(predicted == truth)),
                  peak=1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main()
