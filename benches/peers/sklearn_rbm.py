"""scikit-learn's BernoulliRBM: one epoch of PCD-1."""

import numpy as np
from sklearn.neural_network import BernoulliRBM
from threadpoolctl import threadpool_limits

import common


def pseudo_likelihood(rbm, records):
    return float(rbm.score_samples(records).mean())


def main():
    options = common.parser(__doc__)
    options.add_argument("--hidden", type=int, default=256)
    options.add_argument("--blas-threads", type=int, default=common.cores())
    options = options.parse_args()
    records = common.mnist(options.rows)
    common.batches(records)

    def fit(repetition):
        rbm = BernoulliRBM(n_components=options.hidden, batch_size=common.BATCH, n_iter=1,
                           learning_rate=0.05, verbose=0,
                           random_state=options.seed + repetition)
        return rbm.fit(records)

    with threadpool_limits(options.blas_threads, "blas"):
        taken, rbm = common.seconds(fit, options.repetitions)
    if rbm.components_.dtype != np.float32:
        raise SystemExit(f"trained in {rbm.components_.dtype}")
    common.report(f"RBM {records.shape[1]}-{options.hidden}, one epoch of PCD-1",
                  "scikit-learn", ["scikit-learn", "numpy", "scipy"], taken, options.blas_threads,
                  pseudo_likelihood=pseudo_likelihood(rbm, records[:1000]))


if __name__ == "__main__":
    main()
