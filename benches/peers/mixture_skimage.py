"""Improved Fisher vectors of a Gaussian mixture, by scikit-image.

The descriptors of an image are 8 x 8 patches, 2 pixels apart, of its middle 26 x 26 pixels: 100 of
64 numbers. The mixture comes from this crate, so that the work is the same. Worker processes share
the images and the matrix that vectors are written to.
"""

import multiprocessing

import numpy as np
from skimage.feature import fisher_vector
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

import common

IMAGES, SIDE, MARGIN, PATCH, STEP = 10_000, 28, 1, 8, 2


def descriptors(images):
    """The patches of each image, images x patches x pixels."""
    images = images.reshape(-1, SIDE, SIDE)[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    windows = np.lib.stride_tricks.sliding_window_view(images, (PATCH, PATCH), axis=(1, 2))
    patches = windows[:, ::STEP, ::STEP]
    return np.ascontiguousarray(patches.reshape(len(images), -1, PATCH * PATCH))


def mixture_of(parameters):
    """The mixture whose weights, means and variances are in columns (k x (1 + 2 d))."""
    weights, means, variances = np.split(parameters, [1, 1 + PATCH * PATCH], axis=1)
    mixture = GaussianMixture(len(weights), covariance_type="diag")
    mixture.weights_, mixture.means_, mixture.covariances_ = weights[:, 0], means, variances
    mixture.precisions_cholesky_ = 1 / np.sqrt(variances)
    return mixture


def write(rows, sets, mixture, out):
    for row in rows:
        out[row] = fisher_vector(sets[row], mixture, improved=True)


def start(*arguments):
    """Leaves a worker what it shares, and its own setting of BLAS."""
    global shared
    *shared, threads = arguments
    threadpool_limits(threads, "blas")


def work(rows):
    sets, mixture, array, shape = shared
    write(rows, sets, mixture, np.frombuffer(array, np.float32).reshape(shape))


def main():
    options = common.parser(__doc__, IMAGES)
    options.add_argument("--weights", required=True, help=".npy file of the mixture")
    options.add_argument("--workers", type=int, default=common.cores())
    options.add_argument("--blas-threads", type=int, default=1)
    options = options.parse_args()
    sets = descriptors(common.mnist(min(options.rows, IMAGES)))
    mixture = mixture_of(np.load(options.weights).astype(np.float32))
    shape = len(sets), mixture.weights_.size + 2 * mixture.means_.size
    context = multiprocessing.get_context("fork")
    array = context.RawArray("f", shape[0] * shape[1])
    out = np.frombuffer(array, np.float32).reshape(shape)
    out.fill(0)  # takes the memory before the clock starts
    if options.workers == 1:
        with threadpool_limits(options.blas_threads, "blas"):
            taken, _ = common.seconds(lambda _: write(range(len(sets)), sets, mixture, out),
                                      options.repetitions)
    else:
        arguments = (sets, mixture, array, shape, options.blas_threads)
        parts = np.array_split(range(len(sets)), options.workers)
        with context.Pool(options.workers, start, arguments) as pool:
            taken, _ = common.seconds(lambda _: pool.map(work, parts, 1), options.repetitions)
    common.report(f"improved Fisher vectors of {len(sets)} images", "scikit-image",
                  ["numpy", "scikit-image", "scikit-learn"], taken,
                  options.workers * options.blas_threads,
                  mean_magnitude=float(np.abs(out).mean(dtype=np.float64)))


if __name__ == "__main__":
    main()
