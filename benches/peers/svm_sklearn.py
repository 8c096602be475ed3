"""Linear support vector machines by scikit-learn, on features that this crate leaves in a folder.

dual      LinearSVC, squared hinge, dual coordinate descent (LIBLINEAR);
primal    LinearSVC(dual=False), its trust-region Newton method;
sgd       SGDClassifier, hinge, a fixed number of epochs.

What the first two minimise is what this crate minimises, the intercept's penalty included.
"""

import argparse
import resource
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier
from sklearn.svm import LinearSVC

import common


def objective(model, records, classes, cost):
    """The squared hinge's primal objective, summed over the classes."""
    values = records @ model.coef_.T.astype(np.float32) + model.intercept_
    signs = np.where(classes[:, None] == model.classes_, 1.0, -1.0)
    losses = np.maximum(0, 1 - signs * values) ** 2
    return 0.5 * ((model.coef_ ** 2).sum() + (model.intercept_ ** 2).sum()) + cost * losses.sum()


def machine(options, rows):
    if options.solver == "sgd":
        return SGDClassifier(alpha=1 / (options.cost * rows), max_iter=options.epochs, tol=None,
                             average=options.average, n_jobs=options.jobs,
                             random_state=options.seed)
    return LinearSVC(C=options.cost, tol=options.tolerance, dual=options.solver == "dual",
                     max_iter=10_000, random_state=options.seed)


def main():
    options = common.parser(__doc__)
    options.formatter_class = argparse.RawDescriptionHelpFormatter
    options.add_argument("--folder", type=Path, required=True, help="features and classes, .npy")
    options.add_argument("--solver", choices=["dual", "primal", "sgd"], required=True)
    options.add_argument("--cost", type=float, required=True)
    options.add_argument("--tolerance", type=float, default=1e-4)
    options.add_argument("--epochs", type=int, default=10)
    options.add_argument("--average", action="store_true")
    options.add_argument("--jobs", type=int, default=common.cores())
    options = options.parse_args()
    warnings.simplefilter("error", ConvergenceWarning)
    read = lambda name: np.load(options.folder / f"{name}.npy")
    records, classes = read("train"), read("train_classes")[0].astype(int)
    model = machine(options, len(records))
    taken, _ = common.seconds(lambda _: model.fit(records, classes), options.repetitions)
    accuracy = 100 * model.score(read("test"), read("test_classes")[0].astype(int))
    if options.solver == "sgd":
        check = {"test_accuracy": accuracy}
    else:
        check = {"objective": float(objective(model, records, classes, options.cost)),
                 "accuracy": accuracy}
    common.report(f"linear SVM, {options.solver}", "scikit-learn", ["numpy", "scikit-learn"], taken,
                  options.jobs, peak=1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                  **check)


if __name__ == "__main__":
    main()
