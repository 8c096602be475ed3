"""Stratified cross-validation of a deep Boltzmann machine's features in NumPy and scikit-learn.

In each fold the machine is pretrained layer by layer (scikit-learn's BernoulliRBM), trained jointly
(`dbm_numpy.py`), and its scores are written out and scaled by min-max and L2. A linear support
vector machine (LIBLINEAR) and the nearest neighbour then classify by the scores (DFK) and by the
256 leading whitened directions (IDFK, scikit-learn's randomised PCA). Images, classes and folds are
those that this crate leaves in a folder.
"""

import argparse
import resource
import warnings
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import BernoulliRBM
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

import common
import dbm_numpy
import features_numpy


def trained(records, options, fold):
    """The weights and biases of a machine; full batches alone, as all peers train."""
    rng = np.random.Generator(np.random.SFC64(options.seed + fold))
    machine = dbm_numpy.Dbm(common.base_rate_biases(records), options.hidden, rng, common.cores())
    below = records
    for layer, units in enumerate(options.hidden):
        rbm = BernoulliRBM(n_components=units, batch_size=common.BATCH, n_iter=options.epochs,
                           learning_rate=float(dbm_numpy.RATE), random_state=options.seed + fold)
        below = rbm.fit_transform(below)
        machine.weights[layer][:] = rbm.components_.T
        machine.biases[layer + 1][:] = rbm.intercept_hidden_
    full = len(records) // common.BATCH * common.BATCH
    for _ in range(options.epochs):
        machine.epoch(records[rng.permutation(len(records))[:full]])
    return machine.theta()


def accuracies(train, test, classes, truth, options):
    """Of the linear support vector machine and of the nearest neighbour."""
    svm = LinearSVC(C=options.cost, tol=0.1, max_iter=10_000, random_state=options.seed)
    nearest = KNeighborsClassifier(1, algorithm="brute")
    return [np.mean(model.fit(train, classes).predict(test) == truth) for model in (svm, nearest)]


def validated(images, classes, fold, own, options):
    """The accuracies of one fold."""
    held, rest = own == fold, own != fold
    machine = trained(images[rest], options, fold)
    scaled = features_numpy.Scaled(machine, images[rest])
    train, test = scaled.scores, scaled.of(images[held])
    found = accuracies(train, test, classes[rest], classes[held], options)
    pca = PCA(options.rank, whiten=True, svd_solver="randomized", random_state=options.seed)
    train, test = pca.fit_transform(train), pca.transform(test)
    return found + accuracies(train, test, classes[rest], classes[held], options)


def main():
    options = common.parser(__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.add_argument("--folder", type=Path, required=True, help="images and folds, .npy")
    options.add_argument("--hidden", type=common.units, required=True)
    options.add_argument("--epochs", type=int, required=True)
    options.add_argument("--cost", type=float, required=True)
    options.add_argument("--rank", type=int, default=256)
    options.add_argument("--blas-threads", type=int, default=common.cores())
    options = options.parse_args()
    warnings.simplefilter("error", ConvergenceWarning)
    images = np.load(options.folder / "records.npy")
    classes, own = (np.load(options.folder / f"{name}.npy")[0].astype(int)
                    for name in ("classes", "folds"))
    with threadpool_limits(options.blas_threads, "blas"):
        taken, found = common.seconds(
            lambda _: np.mean([validated(images, classes, fold, own, options)
                               for fold in range(own.max() + 1)], axis=0), options.repetitions)
    common.report("cross-validation", "NumPy and scikit-learn", ["numpy", "scikit-learn"], taken,
                  options.blas_threads, test_accuracy=float(100 * found[2]),
                  accuracies=[float(100 * share) for share in found],
                  peak=1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main()
