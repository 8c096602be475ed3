"""A joint epoch of a deep Boltzmann machine with two hidden layers, in JAX on the CPU.

Salakhutdinov & Hinton (2009): mean-field statistics of the batch less those of persistent chains.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.nn import sigmoid

import common

BATCH = common.BATCH
SWEEPS, GIBBS_STEPS = 10, 5
RATE, MOMENTUM, DECAY = 0.05, 0.5, 2e-4


class Theta(NamedTuple):
    weights: list
    biases: list


class State(NamedTuple):
    theta: Theta
    velocity: Theta
    chains: tuple
    key: jax.Array


def mean_field(theta, v):
    (w1, w2), (_, b1, b2) = theta
    bottom_up = v @ w1
    h1 = sigmoid(2 * bottom_up + b1)
    h2 = sigmoid(h1 @ w2 + b2)
    bottom_up += b1

    def sweep(_, h):
        h1 = sigmoid(bottom_up + h[1] @ w2.T)
        return h1, sigmoid(h1 @ w2 + b2)

    return v, *lax.fori_loop(0, SWEEPS, sweep, (h1, h2), unroll=True)


def sample(key, probabilities):
    uniform = jax.random.uniform(key, probabilities.shape, jnp.float32)
    return (uniform < probabilities).astype(jnp.float32)


def advance(theta, chains, key):
    """The new states, and the expectation of `h1` given those of `v` and `h2`."""
    (w1, w2), (b0, b1, b2) = theta

    def step(number, carry):
        _, h1, _, _ = carry
        k0, k1, k2 = jax.random.split(keys[number], 3)
        v = sample(k0, sigmoid(h1 @ w1.T + b0))
        h2 = sample(k2, sigmoid(h1 @ w2 + b2))
        expected = sigmoid(v @ w1 + h2 @ w2.T + b1)
        return v, sample(k1, expected), h2, expected

    keys = jax.random.split(key, GIBBS_STEPS)
    v, h1, h2, expected = lax.fori_loop(0, GIBBS_STEPS, step, (*chains, chains[1]), unroll=True)
    return (v, h1, h2), (v, expected, h2)


def statistics(layers):
    pairs = zip(layers, layers[1:])
    return Theta([below.T @ above / BATCH for below, above in pairs],
                 [x.mean(axis=0) for x in layers])


def batch_step(state, batch):
    theta, velocity, chains, key = state
    key, gibbs = jax.random.split(key)
    positive = statistics(mean_field(theta, batch))
    chains, negative = advance(theta, chains, gibbs)
    gradient = jax.tree.map(jnp.subtract, positive, statistics(negative))
    gradient = gradient._replace(weights=[
        g - DECAY * w for g, w in zip(gradient.weights, theta.weights)])
    velocity = jax.tree.map(lambda v, g: MOMENTUM * v + RATE * g, velocity, gradient)
    return State(jax.tree.map(jnp.add, theta, velocity), velocity, chains, key)


@partial(jax.jit, donate_argnums=0)
def step(state, records, rows):
    return batch_step(state, records[rows])


def epoch(state, records):
    """The batches in turn: an outer `lax.scan` is no faster, and slower for small layers."""
    key, shuffle = jax.random.split(state.key)
    order = jax.random.permutation(shuffle, len(records)).reshape(-1, BATCH)
    state = state._replace(key=key)
    for rows in np.asarray(order):
        state = step(state, records, rows)
    return state


def start(visible_bias, hidden, seed):
    layers = [len(visible_bias), *hidden]
    key, *keys = jax.random.split(jax.random.key(seed), 6)
    weights = [0.01 * jax.random.normal(k, shape, jnp.float32)
               for k, shape in zip(keys, zip(layers, layers[1:]))]
    biases = [jnp.array(visible_bias), *(jnp.zeros(n, jnp.float32) for n in hidden)]
    theta = Theta(weights, biases)
    chains = tuple(sample(k, jnp.full((BATCH, n), 0.5)) for k, n in zip(keys[2:], layers))
    return State(theta, jax.tree.map(jnp.zeros_like, theta), chains, key)


def compile_for(state, records):
    """One shuffle and one step, so that nothing is left to compile."""
    order = jax.random.permutation(state.key, len(records)).reshape(-1, BATCH)
    jax.block_until_ready(step(state, records, np.asarray(order)[0]))


def on_host(theta):
    return jax.tree.map(np.asarray, theta)


def main():
    options = common.parser(__doc__)
    options.add_argument("--hidden", type=common.units, default=[500, 1000])
    options = options.parse_args()
    records = common.mnist(options.rows)
    common.batches(records)
    visible_bias = common.base_rate_biases(records)
    first = records[:1000]
    records = jnp.asarray(records)
    machines = [start(visible_bias, options.hidden, options.seed + n)
                for n in range(options.repetitions)]
    before = common.reconstruction_error(on_host(machines[-1].theta), first)
    compile_for(start(visible_bias, options.hidden, options.seed), records)

    def repetition(number):
        return jax.block_until_ready(epoch(machines[number], records))

    taken, last = common.seconds(repetition, options.repetitions)
    after = common.reconstruction_error(on_host(last.theta), first)
    layers = "-".join(map(str, [records.shape[1], *options.hidden]))
    common.report(f"DBM {layers}, one joint epoch", "JAX", ["jax", "jaxlib", "numpy"], taken,
                  common.cores(), reconstruction_error=[before, after])


if __name__ == "__main__":
    main()
