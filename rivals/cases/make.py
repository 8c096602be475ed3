"""Cases for the tests: the kernel extreme learning machine and nLDA by NumPy alone.

python3 cases/make.py      (NumPy 1.26 or later)
"""

import json
from pathlib import Path

import numpy as np

here = Path(__file__).parent


def blobs(rng, n, d):
    """Rows of three classes, each of two clusters."""
    targets = np.arange(n) % 3
    centres = rng.normal(size=(6, d)) * 1.5
    cluster = targets + 3 * (np.arange(n) // 3 % 2)
    return np.round(centres[cluster] + rng.normal(size=(n, d)), 3), targets


def write(name, **matrices):
    lists = {key: np.atleast_2d(value).tolist() for key, value in matrices.items()}
    (here / name).write_text(json.dumps(lists) + "\n")


def kernel_elm(rows, targets, queries, gamma, cost):
    def kernel(a, b):
        return np.exp(-gamma * ((a[:, None] - b[None]) ** 2).sum(axis=2))

    signs = np.where(targets[:, None] == np.arange(3), 1.0, -1.0)
    system = kernel(rows, rows) + np.eye(len(rows)) / cost
    return kernel(queries, rows) @ np.linalg.solve(system, signs)


def nlda(rows, targets, neighbours, ridge):
    """Generalised eigenvalues, from the definition, a pair of neighbourhoods at a time."""
    n, d = rows.shape
    distance = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    reverse = [[] for _ in range(n)]
    for j in range(n):
        same = [i for i in range(n) if targets[i] == targets[j] and i != j]
        for i in sorted(same, key=lambda i: distance[i, j])[:neighbours]:
            reverse[i].append(j)
    within, between = np.zeros((d, d)), np.zeros((d, d))
    means, classes = [], []
    for i in range(n):
        if len(reverse[i]) < 2:
            continue
        members = rows[reverse[i]]
        mean = members.mean(axis=0)
        within += (members - mean).T @ (members - mean)
        means.append(mean)
        classes.append(targets[i])
    for a, class_a in zip(means, classes):
        for b, class_b in zip(means, classes):
            if class_a != class_b:
                between += np.outer(a - b, a - b)
    within += ridge * np.trace(within) / d * np.eye(d)
    values, vectors = np.linalg.eig(np.linalg.solve(within, between))
    order = np.argsort(-values.real)[:2]
    values, vectors = values.real[order], vectors.real[:, order]
    vectors /= np.sqrt(np.einsum("ik,ij,jk->k", vectors, within, vectors))
    return within, between, values, vectors * np.sign(vectors[0])


rng = np.random.default_rng(1)
rows, targets = blobs(rng, 30, 4)
queries, _ = blobs(rng, 7, 4)
scores = kernel_elm(rows, targets, queries, 0.5, 10.0)
write("kernel_elm.json", rows=rows, targets=targets[:, None], queries=queries, scores=scores)

rows, targets = blobs(rng, 60, 5)
within, between, values, vectors = nlda(rows, targets, 4, 1e-3)
write(
    "nlda.json",
    rows=rows,
    targets=targets[:, None],
    within=within,
    between=between,
    values=values,
    vectors=vectors,
)
