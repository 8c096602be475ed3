"""How fast OpenBLAS multiplies two square matrices."""

import numpy as np
from threadpoolctl import threadpool_limits

import common


def main():
    options = common.parser(__doc__)
    options.add_argument("--size", type=int, default=2000)
    options.add_argument("--blas-threads", type=int, default=common.cores())
    options = options.parse_args()
    rng = np.random.Generator(np.random.SFC64(options.seed))
    left, right = (rng.random((options.size, options.size), np.float32) for _ in range(2))
    out = np.empty_like(left)
    with threadpool_limits(options.blas_threads, "blas"):
        taken, _ = common.seconds(lambda _: np.matmul(left, right, out=out), options.repetitions)
    common.report(f"product of {options.size} x {options.size} matrices", "NumPy", ["numpy"],
                  taken, options.blas_threads)


if __name__ == "__main__":
    main()
