"""Improved Fisher vectors of a deep Boltzmann machine: fit on the first rows, transform all.

Three routes, from the same machine and images, which this crate leaves in a folder:

explicit    the scores are written out, scaled by min-max and L2, and go through scikit-learn's
            randomised PCA (whiten=True);
landmarks   kernels of the scores' cosine in closed form, with randomly chosen training images;
            scikit-learn's Nystroem step (the inverse square root of the landmarks' kernel), then
            PCA(whiten=True). `Nystroem` itself calls a Python kernel pair by pair;
gram        all directions, by the Gram matrix of the written scores and `scipy.linalg.eigh`, both
            in float64: float32 would lose what is below 2e-3 of the largest eigenvalue.

Everything else is float32.
"""

import argparse
import resource
from pathlib import Path

import numpy as np
from scipy.linalg import eigh
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

import common

SWEEPS, TOLERANCE = 30, np.float32(1e-3)
RANGE_FLOOR = np.float32(1e-2)
BLOCK = 2048


def read_machine(folder):
    """The weights and biases."""
    several = lambda name: [np.load(path) for path in sorted(folder.glob(f"{name}_*.npy"))]
    return several("weights"), [b[0] for b in several("biases")]


def states(machine, v):
    """The visible layer and the mean-field activations of both hidden ones."""
    (w1, w2), (_, b1, b2) = machine
    bottom_up = v @ w1
    h1 = common.logistic(2 * bottom_up + b1)
    bottom_up += b1
    h2 = common.logistic(h1 @ w2 + b2)
    for _ in range(SWEEPS):
        last = h1, h2
        h1 = common.logistic(bottom_up + h2 @ w2.T)
        h2 = common.logistic(h1 @ w2 + b2)
        if all(np.abs(new - old).max() <= TOLERANCE for new, old in zip((h1, h2), last)):
            break
    return v, h1, h2


def blocks(records):
    return (slice(i, min(i + BLOCK, len(records))) for i in range(0, len(records), BLOCK))


def write_scores(machine, v, out):
    """Outer products of neighbouring layers, end to end."""
    v, h1, h2 = states(machine, v)
    first = v.shape[1] * h1.shape[1]
    np.multiply(v[:, :, None], h1[:, None, :], out=out[:, :first].reshape(len(v), v.shape[1], -1))
    np.multiply(h1[:, :, None], h2[:, None, :], out=out[:, first:].reshape(len(v), h1.shape[1], -1))


class Scaled:
    """Scores after min-max by the bounds of the training images, then L2."""

    def __init__(self, machine, records):
        (w1, w2), _ = self.machine = machine
        self.scores = np.empty((len(records), w1.size + w2.size), np.float32)
        for rows in blocks(records):
            write_scores(machine, records[rows], self.scores[rows])
        self.least, self.most = self.scores.min(axis=0), self.scores.max(axis=0)
        spread = self.most - self.least
        spread = np.where(spread > 0, np.maximum(spread, RANGE_FLOOR * spread.max()), np.inf)
        self.factor = (1 / spread).astype(np.float32)
        for rows in blocks(records):
            self.scale(self.scores[rows])

    def scale(self, scores):
        np.clip(scores, self.least, self.most, out=scores)
        scores -= self.least
        scores *= self.factor
        scores /= np.maximum(np.linalg.norm(scores, axis=1, keepdims=True), np.float32(1e-30))

    def of(self, records):
        scores = np.empty((len(records), len(self.least)), np.float32)
        write_scores(self.machine, records, scores)
        self.scale(scores)
        return scores


def explicit(machine, train, records, options):
    scaled = Scaled(machine, train)
    pca = PCA(options.rank, whiten=True, svd_solver="randomized", copy=False,
              random_state=options.seed).fit(scaled.scores)
    del scaled.scores
    out = np.empty((len(records), options.rank), np.float32)
    for rows in blocks(records):
        out[rows] = pca.transform(scaled.of(records[rows]))
    return pca.explained_variance_.sum()


def gram(machine, train, records, options):
    scaled = Scaled(machine, train)
    mean = scaled.scores.mean(axis=0, dtype=np.float64)
    x = scaled.scores - mean
    del scaled.scores
    values, vectors = eigh(x @ x.T / len(x), driver="evd", overwrite_a=True)
    kept = values > np.finfo(np.float64).eps * max(x.shape) * values[-1]
    values, vectors = values[kept], vectors[:, kept]
    directions = ((x.T @ (vectors / np.sqrt(len(x)))) / values).astype(np.float32)
    mean = mean.astype(np.float32)
    for rows in blocks(records):
        (scaled.of(records[rows]) - mean) @ directions
    return values.sum()


def kernel(machine, left, right):
    """The cosine of the scores of two sets of states."""
    def inner(x, y, product):
        return product(x[1], y[1]) * (product(x[0], y[0]) + product(x[2], y[2]))
    norms = [np.sqrt(inner(x, x, lambda a, b: np.einsum("ij,ij->i", a, b))) for x in (left, right)]
    out = inner(left, right, lambda a, b: a @ b.T)
    out /= norms[0][:, None]
    out /= norms[1]
    return out


def landmarks(machine, train, records, options):
    rng = np.random.default_rng(options.seed)
    chosen = states(machine, train[rng.permutation(len(train))[:options.landmarks]])
    values, vectors = eigh(kernel(machine, chosen, chosen), driver="evd", overwrite_a=True)
    rounding = np.finfo(np.float32).eps * values[-1] * np.sqrt(len(values))
    kept = values > rounding
    normalisation = vectors[:, kept] / np.sqrt(values[kept])
    features = np.empty((len(train), kept.sum()), np.float32)
    for rows in blocks(train):
        features[rows] = kernel(machine, states(machine, train[rows]), chosen) @ normalisation
    pca = PCA(options.rank, whiten=True, svd_solver=options.solver, copy=False,
              random_state=options.seed).fit(features)
    del features
    out = np.empty((len(records), options.rank), np.float32)
    for rows in blocks(records):
        out[rows] = pca.transform(kernel(machine, states(machine, records[rows]), chosen)
                                  @ normalisation)
    return pca.explained_variance_.sum()


ROUTES = {"explicit": explicit, "landmarks": landmarks, "gram": gram}


def main():
    options = common.parser(__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.add_argument("--folder", type=Path, required=True, help="images and machine, .npy")
    options.add_argument("--route", choices=ROUTES, required=True)
    options.add_argument("--rank", type=int, default=512)
    options.add_argument("--landmarks", type=int, default=4096)
    options.add_argument("--solver", default="covariance_eigh", help="of scikit-learn's PCA")
    options.add_argument("--blas-threads", type=int, default=common.cores())
    options = options.parse_args()
    records, machine = np.load(options.folder / "records.npy"), read_machine(options.folder)
    train = records[:options.rows]
    with threadpool_limits(options.blas_threads, "blas"):
        route = ROUTES[options.route]
        taken, total = common.seconds(lambda _: route(machine, train, records, options),
                                      options.repetitions)
    common.report(f"features of {len(records)} images, {options.route}", "NumPy and scikit-learn",
                  ["numpy", "scipy", "scikit-learn"], taken, options.blas_threads,
                  sum_of_eigenvalues=float(total),
                  peak=1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main()
