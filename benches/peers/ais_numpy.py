"""Annealed importance sampling of an RBM's partition function, in NumPy.

Salakhutdinov & Murray (2008): chains walk from independent visible units with the data's base
rates to the machine, over p_k(v) with the hidden units summed out,

    log p*_k(v) = v . ((1 - beta_k) base + beta_k b) + sum softplus(beta_k (v W + c))

Blocks of chains run in threads (NumPy releases the GIL), with OpenBLAS on one thread in each;
`--workers 1 --blas-threads 2` is the other way round.
"""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

import common

CHAINS, TEMPERATURES = 100, 1000
HALF, ONE = np.float32(0.5), np.float32(1)


def softplus(x, out, scratch):
    """log(1 + exp(x)) without overflow; `np.logaddexp` takes fifteen times as long."""
    np.abs(x, out=scratch)
    np.negative(scratch, out=scratch)
    np.exp(scratch, out=scratch)
    scratch += ONE
    np.log(scratch, out=scratch)
    np.maximum(x, 0, out=out)
    out += scratch
    return out


def bernoulli(x, rng, uniform):
    """States of units whose inputs are `x`, in place: u < sigmoid(x)."""
    x *= HALF
    np.tanh(x, out=x)
    x *= HALF
    x += HALF
    rng.random(out=uniform, dtype=np.float32)
    np.less(uniform, x, out=x)


def log_weights_of(chains, weights, visible_bias, hidden_bias, base, rng):
    """log w of each chain, in float64."""
    visible, hidden = weights.shape
    empty = lambda units: np.empty((chains, units), np.float32)
    h, total, scratch, uniform_h = (empty(hidden) for _ in range(4))
    uniform_v = empty(visible)
    v = np.tile(base, (chains, 1))
    bernoulli(v, rng, uniform_v)
    log_weights = np.zeros(chains)
    betas = np.linspace(0, 1, TEMPERATURES + 1)
    for last, beta in itertools.pairwise(betas.astype(np.float32)):
        # log p*_k(v) - log p*_{k-1}(v)
        np.matmul(v, weights, out=total)
        total += hidden_bias
        log_weights += (beta - last) * (v @ (visible_bias - base)).astype(np.float64)
        np.multiply(total, beta, out=h)
        log_weights += softplus(h, uniform_h, scratch).sum(axis=1, dtype=np.float64)
        total *= last
        log_weights -= softplus(total, uniform_h, scratch).sum(axis=1, dtype=np.float64)
        # a Gibbs sweep at beta_k
        bernoulli(h, rng, uniform_h)
        h *= beta
        np.matmul(h, weights.T, out=v)
        v += (1 - beta) * base + beta * visible_bias
        bernoulli(v, rng, uniform_v)
    return log_weights


def log_partition(weights, visible_bias, hidden_bias, base, rng, workers):
    """Estimate of log Z, and the chains' log weights."""
    blocks = [len(block) for block in np.array_split(range(CHAINS), workers)]
    work = lambda chains, rng: log_weights_of(chains, weights, visible_bias, hidden_bias, base, rng)
    with ThreadPoolExecutor(workers) as pool:
        log_weights = np.concatenate([*pool.map(work, blocks, rng.spawn(workers))])
    log_base = np.logaddexp(0, base.astype(np.float64)).sum() + len(hidden_bias) * np.log(2)
    return log_base + log_mean_exp(log_weights), log_weights


def log_mean_exp(x):
    most = x.max()
    return most + np.log(np.mean(np.exp(x - most)))


def exact_log_partition(weights, visible_bias, hidden_bias):
    """Sum over all visible states, in float64."""
    weights, visible_bias, hidden_bias = (
        x.astype(np.float64) for x in (weights, visible_bias, hidden_bias))
    states = np.array(list(itertools.product([0.0, 1.0], repeat=len(visible_bias))))
    log_p = states @ visible_bias + np.logaddexp(0, states @ weights + hidden_bias).sum(axis=1)
    return np.logaddexp.reduce(log_p)


def self_check(rng):
    """A machine of 10 + 6 units: within 5 standard errors of the enumerated value."""
    weights = rng.standard_normal((10, 6), np.float32)
    visible_bias, hidden_bias, base = (
        rng.standard_normal(n, np.float32) for n in (10, 6, 10))
    exact = exact_log_partition(weights, visible_bias, hidden_bias)
    estimate, log_weights = log_partition(weights, visible_bias, hidden_bias, base,
                                          rng, workers=2)
    w = np.exp(log_weights - log_weights.max())
    error = w.std(ddof=1) / w.mean() / np.sqrt(CHAINS)
    print(f"log Z: exact {exact:.5f}, AIS {estimate:.5f}, standard error {error:.5f}")
    if abs(estimate - exact) > 5 * error:
        raise SystemExit("AIS disagrees with enumeration")


def main():
    options = common.parser(__doc__)
    options.add_argument("--hidden", type=int, default=500)
    options.add_argument("--weights", help=".npy file of the couplings, visible x hidden units")
    options.add_argument("--workers", type=int, default=common.cores())
    options.add_argument("--blas-threads", type=int, default=1)
    options.add_argument("--self-check", action="store_true")
    options = options.parse_args()
    rng = np.random.Generator(np.random.SFC64(options.seed))
    if options.self_check:
        return self_check(rng)
    base = common.base_rate_biases(common.mnist(options.rows))
    if options.weights:
        weights = np.ascontiguousarray(np.load(options.weights), np.float32)
    else:
        weights = np.float32(0.05) * rng.standard_normal((len(base), options.hidden), np.float32)
    hidden_bias = np.zeros(weights.shape[1], np.float32)

    def repetition(_):
        return log_partition(weights, base, hidden_bias, base, rng, options.workers)

    with threadpool_limits(options.blas_threads, "blas"):
        taken, (estimate, log_weights) = common.seconds(repetition, options.repetitions)
    common.report(f"AIS of an RBM {weights.shape[0]}-{weights.shape[1]}, "
                  f"{CHAINS} chains x {TEMPERATURES} temperatures", "NumPy", ["numpy"], taken,
                  options.workers * options.blas_threads, log_z=round(float(estimate), 4),
                  log_weights_std=round(float(log_weights.std()), 4))


if __name__ == "__main__":
    main()
