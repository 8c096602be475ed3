//! Numbers, matrices, random bits and threads: the lowest layer of the crate.
//!
//! # Who calls what
//!
//! - `float`: the element types `f32` and `f64`; called by everything
//! - `kernels`: the vectorised kernels behind [`Float`]; called by the files below
//! - `scalar`: elementary functions of numbers and matrices, checks of all values; called by
//!   `boltzmann::machine`, `inference`, `training`
//! - `columns`: means, variances and bounds of the columns of records; called by `training`,
//!   `likelihood`, `fisher`, `preprocessing`, `explanation`
//! - `dense`: matrix products by faer (its `gemm`), sums of rows; called by `boltzmann::machine`,
//!   `training`, `fisher::information`, `classification`
//! - `sparse`: rows of non-zeros and their products; called by `boltzmann::machine`, `sampling`,
//!   `training`
//! - `packed`: right factors in panels, for products of few rows; called by
//!   `boltzmann::machine::PackedWeights`
//! - `vectors`: products and sums of two vectors; called by `classification::linear_svm`
//! - `aligned`: matrices that start at a cache line; called by `packed`, `boltzmann::machine`,
//!   `inference`, `sampling`, `training`
//! - `random`: sixteen random numbers at a time, permutations; called by `boltzmann::machine`,
//!   `sampling`, `likelihood`, `training`, `explanation`
//! - `parallel`: blocks of samples, and tasks of microseconds, shared among threads; called by
//!   `inference`, `sampling`, `training`
//! - `eigen`: the symmetric eigenvalue problem; called by `fisher::information`, `landmarks`
//! - `krylov`: leading eigenvectors by products alone; called by `fisher::landmarks`
//! - `spectrum`: effective rank and condition number; called by `fisher`
//! - `digest`: whether numbers are the same as before; called by `fisher`, `pipeline::Shared`
//! - `cholesky`: the Cholesky decomposition, with and without pivots; called by
//!   `fisher::landmarks`, `classification::linear_svm`
//! - `benchmarks`: what `benches/kernels` measures, behind the feature `benchmarks`; called by
//!   `benches/kernels`
//!
//! # Block sizes
//!
//! A size is *fixed* if results depend on it (random streams, the order of sums): it must not
//! follow the number of threads. The other sizes can be tuned freely.
//!
//! - `parallel::BLOCK_ROWS`, 50 samples: 100 records and 100 chains make four blocks; of fewer
//!   rows, products wait for the weights; fixed
//! - `parallel::BLOCK_ELEMENTS`, 2^15: an elementwise pass over 128 KiB of `f32` takes longer than
//!   waking a thread
//! - `parallel::join::AWAKE`, 200 us: longer than what one thread does alone in a step of a small
//!   machine
//! - `parallel::join::DEEPEST_HELP`, 3 tasks: one training nests two; more would grow the stack
//! - `dense::BLOCK_OPERATIONS`, 4 million: a block of a dense product takes tens of microseconds
//! - `dense::LEAST_ROWS`, 64: faer's product of fewer rows runs below full speed
//! - `dense::PACKED_COLUMNS`, 16 columns a row: each block of a product lays out the right factor
//!   anew
//! - `dense::PANEL`, 256 rows: more would be multiplied in vain beyond a Gram matrix's diagonal,
//!   fewer lay out the right factor more often
//! - `dense::SUMMED_ROWS`, 1024 rows: longer sums would lose digits of `f32`; fixed
//! - `dense::SUMMED_COLUMNS`, 1024 columns: the same; fixed
//! - `packed::PANEL`, 64 columns: four AVX-512 vectors of `f32`, the widest tile that registers
//!   hold
//! - `packed::LANES`, 16 columns: the most lanes that a vector has
//! - `sparse::SPARSE`, a quarter: up to this share of non-zeros the sparse product is faster
//! - `sparse::WIDTHS`, 16, 32 columns: one or two vectors of `f32`, whose sums fit into registers
//! - `sparse::SHARED_ADDITIONS`, 2^17: a smaller product takes less time than waking a thread
//! - `random::LANES`, 16 generators: the lanes of an AVX-512 vector; fixed
//! - `columns::COLUMN_BLOCK`, 128 records: 128 images stay in a core's cache while they are read;
//!   fixed
//! - `columns::MOMENT_COLUMNS`, 1024 columns: their means and squares, 16 KiB, stay in a core's
//!   cache
//! - `training::narrow::MOST_SUMS`, 2^17: the sums of a narrow machine stay in a core's cache;
//!   fixed
//! - `likelihood::ais::BLOCK_CHAINS`, 50 chains: 100 chains make two blocks; fixed
//! - `likelihood::exact::BLOCK_STATES`, 2^10 states: a matrix product of many states at once; fixed
//! - `fisher::streaming::ROWS`, 512 samples: their scores are all that is held at a time; fixed
//! - `fisher::streaming::KERNEL_ROWS`, 2048 samples: of kernels with landmarks: a block for each
//!   thread; fixed
//! - `fisher::kernel::gram::TILE`, 256 x 1024 kernels: the layers' inner products stay in a core's
//!   cache
//! - `fisher::landmarks::statistics::ROWS`, 512 samples: memory that malloc keeps instead of asking
//!   for new pages; fixed
//! - `fisher::landmarks::statistics::COLUMNS`, 256 columns: enough for a thread
//! - `fisher::streaming::ELEMENTS`, 2^23: 64 MiB of `f64`: of long scores, fewer samples are held;
//!   fixed
//! - `fisher::information::route::LARGEST_WHOLE`, 2^27 bytes: as much as two blocks of `f64`; fixed
//! - `multiclass::model::BLOCK_ROWS`, 256 samples: their decisions are all that is held at a time
//! - `k_nearest::search::QUERIES`, `RECORDS`, 256 x 1024: their products stay in a core's cache
//! - `linear_svm::rows::BLOCK_ROWS`, 4096 records: chunks for all threads
//! - `linear_svm::rows::CHUNK_ROWS`, 256 records: are read twice, the second time from a core's
//!   cache; fixed
//! - `linear_svm::objective::FEW`, three quarters: with fewer records that count, a copy of them is
//!   multiplied sooner than all
//! - `linear_svm::preconditioner::LEAST_PROBED`, 512 features: the matrix of all pairs of fewer
//!   takes less time than the two passes that tell whether it is needed
//! - `linear_svm::dual::ROUND`, 5 passes: the duality gap takes as long as two of them; fixed
//! - `linear_svm::dual::GROUP`, 8 problems: their weights stay in a core's cache
//! - `linear_svm::dual::NEWTON_FROM`, 20 passes: most problems are done before, and a Newton step
//!   of many variables takes as long as many passes; fixed
//! - `linear_svm::dual::newton::MOST_FREE`, 2048 variables: a part of a second for the matrix of a
//!   problem at most; fixed
//! - `linear_svm::dual::newton::STEPS`, 20: then passes find out whether other variables should
//!   move; fixed
//! - `silhouette::ROWS`, `COLUMNS`, 64 x 1024 distances: a tile stays in a core's cache; fixed
//! - `linear_shap::COLUMNS`, 256 columns: their sums by class stay in a core's cache
//! - `permutation_shap::game::BLOCK_ROWS`, 1024 rows: enough for the products of a model; fixed
//! - `permutation_shap::game::BLOCK_ELEMENTS`, 2^20: of long records, fewer rows: 8 MiB of `f64`;
//!   fixed
//! - `permutation_shap::explainer::ROUND`, 32 pairs: their values are all that is held at a time
//! - `checks::BLOCK_ROWS`, 1024 records: a check of so many takes longer than waking a thread
//! - `checks::BLOCK_VALUES`, 2^18: of long records, fewer
//! - `kernels::GAUSSIANS`, 32 components: two AVX-512 vectors of `f32`, whose tile registers hold
//! - `gaussian_mixture::posteriors::DESCRIPTORS`, 48 descriptors: eight tiles, whose densities stay
//!   in a core's cache
//! - `gaussian_mixture::pooling::SUMMED`, 1024 descriptors: longer sums would lose digits of `f32`;
//!   fixed
//!
//! # What the kernels and other optimisations gain
//!
//! How much longer the five workloads of the peer benchmark take if an optimisation is replaced by
//! its plain alternative, on 2 virtual cores of an Intel Xeon with AVX-512 that share no cache:
//! medians of interleaved repetitions, on one thread for the kernels and on two threads for the
//! last four rows, with a noise of about 3 %. An optimisation stays if it gains 5 % in two of the
//! five workloads, or if a target of the benchmark needs it. `benches/kernels` measures the kernels
//! by themselves.
//!
//! | optimisation | plain | RBM 784-10 | RBM 784-256 | DBM 784-20-40 | DBM 784-500-1000 | AIS |
//! |---|---|---|---|---|---|---|
//! | sparse rows | dense products by faer | 83 % | 68 % | 41 % | 11 % | 30 % |
//! | its product kernel | a vectorised loop over rows | 28 % | 26 % | 37 % | 14 % | 13 % |
//! | its transposed product by rows | a plain loop | 45 % | - | 28 % | - | - |
//! | its places by AVX-512 | a loop without branches | 48 % | 8 % | 44 % | 0 to 6 % | 2 % |
//! | elementary functions in `f32` | `exp` of std | 108 % | 39 % | 190 % | 60 % | 170 % |
//! | sixteen random numbers at a time | rand | 56 % | 16 % | 86 % | 2 to 6 % | 14 % |
//! | panels | faer | 2 % | 8 % | 16 % | 36 % | 16 % |
//! | its alignment to cache lines | the allocator's | 0 % | 3 % | 6 % | 3 % | 0 % |
//! | that of weights and layers | the allocator's | 0 % | 16 % | 0 % | 3 % | 0 % |
//! | products that begin at the biases | biases written before | 4 % | 1 % | 6 % | 0 % | 0 % |
//! | sections of narrow machines | the general step | 60 % | - | 16 % | - | - |
//! | threads that stay awake | `rayon::join` | 8 to 24 % | 7 to 9 % | 5 % | 0 % | - |
//! | stand-by between joins | none | 10 to 20 % | 0 to 5 % | 3 % | 0 % | - |
//! | both of them | `rayon::join` | 20 to 28 % | 6 % | 22 % | - | - |
//!
//! Alignment and products that begin at the biases gain 5 % in one workload each. They stay because
//! the targets of RBM 784-256, 4 times scikit-learn, and DBM 784-20-40, 5 times NumPy, are missed
//! without them. The stand-by stays for the target of RBM 784-10, 7 times scikit-learn.

pub(crate) mod aligned;
#[cfg(feature = "benchmarks")]
#[doc(hidden)]
pub mod benchmarks;
pub(crate) mod cholesky;
pub(crate) mod columns;
pub(crate) mod dense;
pub(crate) mod digest;
pub(crate) mod eigen;
mod float;
pub(crate) mod kernels;
pub(crate) mod krylov;
pub(crate) mod packed;
pub(crate) mod parallel;
pub(crate) mod random;
pub(crate) mod scalar;
pub(crate) mod sparse;
pub(crate) mod spectrum;
pub(crate) mod vectors;

pub use float::Float;
