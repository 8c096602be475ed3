"""Writes cases.json, mean average precision by scikit-learn, and metrics.json, its other metrics.

    pip install -r requirements.txt && python generate.py
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.metrics._ranking import _tie_averaged_dcg


def ranking_case(name, queries, rows, classes, levels, rng):
    """Distances, of few levels if there are to be ties, that are less within a class."""
    targets = rng.integers(0, classes, rows)
    truth = rng.integers(0, classes + 1, queries)
    distances = rng.uniform(0, 1, (queries, rows)) + 0.3 * (truth[:, None] != targets)
    if levels:
        distances = np.floor(distances * levels)
    precisions = [metrics.average_precision_score(targets == c, -d)
                  for c, d in zip(truth, distances) if (targets == c).any()]
    return {"name": name, "truth": truth.tolist(), "targets": targets.tolist(),
            "distances": distances.tolist(), "queries": len(precisions),
            "mean": float(np.mean(precisions))}


def precision_at(k, relevant, distances):
    """The mean over all orders of ties, as scikit-learn has it for discounted cumulative gains."""
    first = np.minimum(np.arange(1, len(distances) + 1), k)
    return _tie_averaged_dcg(relevant.astype(float), -distances, first) / k


def retrieval_case(case, k):
    """Metrics of a ranking case, of all queries and by class; None where no row is relevant."""
    truth, targets = np.array(case["truth"]), np.array(case["targets"])
    distances = np.array(case["distances"])

    def means(chosen):
        found = [(metrics.average_precision_score(targets == c, -d),
                  precision_at(k, targets == c, d))
                 for c, d in zip(truth[chosen], distances[chosen]) if (targets == c).any()]
        return np.mean(found, axis=0).tolist() if found else None

    return {"name": case["name"], "k": k, "overall": means(truth >= 0),
            "by_class": [[int(c), means(truth == c)] for c in np.unique(truth)]}


def multi_class_case(name, truth, classes, levels, rng):
    """Probabilities of classes, multiples of 1 / levels so that there are ties."""
    noise = rng.gamma(0.7, 1.0, (len(truth), classes)) + 1.5 * np.eye(classes)[truth]
    shares = noise / noise.sum(axis=1, keepdims=True)
    if levels:
        counts = np.floor(shares * levels)
        counts[:, 0] += levels - counts.sum(axis=1)
        shares = counts / levels
    labels = np.arange(classes)
    predicted = shares.argmax(axis=1)

    def area(multi_class, average):
        found = metrics.roc_auc_score(truth, shares, multi_class=multi_class, average=average,
                                      labels=labels)
        return None if np.isnan(found) else float(found)

    onehot = truth[:, None] == labels
    by_class = [None if len(np.unique(positive)) < 2
                else float(metrics.roc_auc_score(positive, score))
                for positive, score in zip(onehot.T, shares.T)]
    return {
        "name": name, "truth": truth.tolist(), "probabilities": shares.tolist(),
        "ovr_macro": area("ovr", "macro"), "ovr_weighted": area("ovr", "weighted"),
        "ovo_macro": area("ovo", "macro"), "ovo_weighted": area("ovo", "weighted"),
        "by_class": by_class,
        "top_k": [float(metrics.top_k_accuracy_score(truth, shares, k=k, labels=labels))
                  for k in range(1, classes + 1)],
        "log_loss": float(metrics.log_loss(truth, shares, labels=labels)),
        "brier": float(metrics.brier_score_loss(truth, shares, labels=labels)),
        "predicted": predicted.tolist(),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(truth, predicted)),
    }


def calibration(positive, scores, strategy, bins):
    """scikit-learn's curve; the error of M. P. Naeini et al. by NumPy."""
    observed, predicted = calibration_curve(positive, scores, n_bins=bins, strategy=strategy)
    shares = np.linspace(0, 1, bins + 1)
    edges = shares if strategy == "uniform" else np.percentile(scores, 100 * shares)
    counts = np.bincount(np.searchsorted(edges[1:-1], scores), minlength=bins)
    counts = counts[counts > 0]
    error = np.average(np.abs(observed - predicted), weights=counts)
    return {"strategy": strategy, "bins": bins, "observed": observed.tolist(),
            "predicted": predicted.tolist(), "counts": counts.tolist(),
            "expected_error": float(error)}


def binary_case(name, samples, levels, rng):
    """Scores in the unit interval, multiples of 1 / levels so that there are ties."""
    positive = rng.uniform(size=samples) < 0.4
    scores = np.clip(rng.uniform(0, 0.8, samples) + 0.2 * positive, 0, 1)
    if levels:
        scores = np.round(scores * levels) / levels
    roc = metrics.roc_curve(positive, scores, drop_intermediate=False)
    curve = metrics.precision_recall_curve(positive, scores)
    both = np.column_stack([1 - scores, scores])
    return {
        "name": name, "positive": positive.tolist(), "scores": scores.tolist(),
        # of the first threshold, infinity, JSON has no number
        "fpr": roc[0].tolist(), "tpr": roc[1].tolist(), "roc_thresholds": roc[2][1:].tolist(),
        "area": float(metrics.roc_auc_score(positive, scores)),
        "precision": curve[0].tolist(), "recall": curve[1].tolist(),
        "thresholds": curve[2].tolist(),
        "average_precision": float(metrics.average_precision_score(positive, scores)),
        "brier": float(metrics.brier_score_loss(positive, scores)),
        "log_loss": float(metrics.log_loss(positive, both)),
        "calibration": [calibration(positive, scores, strategy, bins)
                        for strategy in ["uniform", "quantile"] for bins in [1, 5, 10, 49]],
    }


def cluster_case(name, samples, width, spread, rng):
    """Clusters of a few centres, one of a single sample and one of equal ones."""
    classes = rng.integers(0, 3, samples)
    records = rng.normal(0, 1, (3, width))[classes] + rng.normal(0, spread, (samples, width))
    clusters = np.where(rng.uniform(size=samples) < 0.8, classes, (classes + 1) % 3)
    clusters[0], clusters[1:3], records[1:3] = 5, 4, records[1]
    table = metrics.cluster.contingency_matrix(classes, clusters)
    silhouettes = metrics.silhouette_samples(records, clusters)
    return {"name": name, "classes": classes.tolist(), "clusters": clusters.tolist(),
            "records": records.tolist(), "purity": float(table.max(axis=0).sum() / samples),
            "silhouettes": silhouettes.tolist(),
            "silhouette": float(metrics.silhouette_score(records, clusters))}


def write(name, content):
    versions = {name: version(name) for name in ["numpy", "scikit-learn"]}
    path = Path(__file__).with_name(name)
    path.write_text(json.dumps({"versions": versions} | content, indent=1) + "\n")


def main():
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(42)
    rankings = [
        ranking_case("distinct distances", 12, 40, 3, None, rng),
        ranking_case("many ties", 12, 40, 3, 8, rng),
        ranking_case("two distances", 6, 15, 2, 1, rng),
        ranking_case("one class", 5, 4, 1, None, rng),
    ]
    write("cases.json", {"cases": rankings})

    rng = np.random.default_rng(43)
    write("metrics.json", {
        "multi_class": [
            multi_class_case("three classes", rng.integers(0, 3, 40), 3, None, rng),
            multi_class_case("many ties", rng.integers(0, 4, 60), 4, 5, rng),
            multi_class_case("uneven classes", np.repeat([0, 1, 2], [25, 4, 1]), 3, 10, rng),
            multi_class_case("absent classes", rng.choice([0, 2, 3], 30), 5, 8, rng),
        ],
        "binary": [
            binary_case("distinct scores", 50, None, rng),
            binary_case("many ties", 60, 10, rng),
            binary_case("two scores", 12, 1, rng),
        ],
        "retrieval": [retrieval_case(case, k) for case in rankings for k in [1, 3]],
        "clusters": [
            cluster_case("narrow", 25, 2, 0.3, rng),
            cluster_case("overlapping", 30, 6, 1.5, rng),
        ],
    })


if __name__ == "__main__":
    main()
