"""What every peer of the benchmark does: read MNIST, time repetitions, print one line of JSON."""

import argparse
import gzip
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

BATCH = 100


def parser(description, rows=60_000):
    """Command line with the options that all peers have."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--repetitions", type=int, default=3)
    options.add_argument("--seed", type=int, default=42)
    options.add_argument("--rows", type=int, default=rows, help="first rows of MNIST to use")
    return options


def units(text):
    """`500,1000` as a list of numbers."""
    return [int(part) for part in text.split(",")]


def mnist(rows):
    """The first training images as float32, 1 where a pixel is above half of its range."""
    folder = Path(os.environ["LINFA_FISHER_DATA"])
    [path, *_] = [*folder.glob("**/train-images-idx3-ubyte.gz"), None]
    if path is None:
        raise SystemExit("no train-images-idx3-ubyte.gz below LINFA_FISHER_DATA")
    with gzip.open(path, "rb") as file:
        magic, count, height, width = np.frombuffer(file.read(16), ">u4")
        if magic != 0x803:
            raise SystemExit(f"{path} is not an IDX file of images")
        count = min(int(count), rows)
        pixels = np.frombuffer(file.read(count * int(height * width)), np.uint8)
    return (pixels.reshape(count, -1) > 127).astype(np.float32)


def batches(records):
    """How many full batches there are; a ragged last one would not be the same work."""
    number, rest = divmod(len(records), BATCH)
    if rest:
        raise SystemExit(f"rows must be a multiple of {BATCH}")
    return number


def base_rate_biases(records):
    """Logit of each pixel's mean, which is kept within [0.01, 0.99]."""
    mean = records.mean(axis=0, dtype=np.float64).clip(0.01, 0.99)
    return np.log(mean / (1 - mean)).astype(np.float32)


def reconstruction_error(theta, visible):
    """Mean squared difference between images and p(v | h1) after a bottom-up pass."""
    (weights, _), (visible_bias, hidden_bias, _) = theta
    hidden = logistic(2 * visible @ weights + hidden_bias)
    return float(np.mean((logistic(hidden @ weights.T + visible_bias) - visible) ** 2))


def logistic(x):
    return 0.5 * np.tanh(0.5 * x) + 0.5


def seconds(repetition, repetitions):
    """Seconds of each repetition, and what the last one returned."""
    taken = []
    for number in range(repetitions):
        start = time.perf_counter()
        result = repetition(number)
        taken.append(round(time.perf_counter() - start, 5))
    return taken, result


def cores():
    return len(os.sched_getaffinity(0))


def blas():
    """OpenBLAS builds in use, with the kernels that they chose for this processor."""
    return sorted({f"{pool['version']} {pool['architecture']}" for pool in threadpool_info()
                   if pool["internal_api"] == "openblas"})


def report(work, peer, packages, taken, threads, **checks):
    versions = {"python": platform.python_version()} | {name: version(name) for name in packages}
    if "jax" not in packages:
        versions["openblas"] = ", ".join(blas())
    line = {"work": work, "peer": peer, "versions": versions, "threads": threads,
            "seconds": taken} | checks
    print(json.dumps(line), flush=True)
