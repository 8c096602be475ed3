//! Numbers, matrices, random bits and threads: the ground floor of all computations.
//!
//! # Who calls what
//!
//! | file | what it does | called by |
//! |---|---|---|
//! | `float` | the element types `f32` and `f64` | everything |
//! | `kernels` | the vectorised kernels behind [`Float`] | the files below |
//! | `scalar` | elementary functions of numbers and matrices, checks of all values | `boltzmann::machine`, `inference`, `training` |
//! | `dense` | matrix products by faer, sums of rows | `boltzmann::machine`, `training`, `fisher::information` |
//! | `sparse` | rows of non-zeros and their products | `boltzmann::machine`, `sampling`, `training` |
//! | `packed` | right factors in panels, for products of few rows | `boltzmann::machine::PackedWeights` |
//! | `aligned` | matrices that start at a cache line | `packed`, `PackedWeights`, `training` |
//! | `random` | sixteen random numbers at a time | `boltzmann::machine`, `sampling`, `likelihood`, `training` |
//! | `parallel` | blocks of samples, and tasks of microseconds, shared among threads | `inference`, `sampling`, `training` |
//! | `eigen` | the symmetric eigenvalue problem | `fisher::information` |
//! | `benchmarks` | what `benches/kernels` measures, behind the feature `benchmarks` | `benches/kernels` |
//!
//! # Block sizes
//!
//! A size is *fixed* if results depend on it (random streams, the order of sums): it must not follow
//! the number of threads. The other sizes can be tuned freely.
//!
//! | constant | value | reason |
//! |---|---|---|
//! | `parallel::BLOCK_ROWS` | 25 samples | a batch of 100 makes four blocks for two or four threads; fixed |
//! | `parallel::BLOCK_ELEMENTS` | 2^15 | an elementwise pass over 128 KiB of `f32` takes longer than waking a thread |
//! | `parallel::join::AWAKE` | 200 us | longer than what one thread does alone in a step of a small machine |
//! | `parallel::join::DEEPEST_HELP` | 3 tasks | one training nests two; more would grow the stack |
//! | `dense::BLOCK_OPERATIONS` | 4 million | a block of a dense product takes tens of microseconds |
//! | `dense::LEAST_ROWS` | 64 | faer's product of fewer rows runs below full speed |
//! | `packed::PANEL` | 64 columns | four AVX-512 vectors of `f32`, the widest tile that registers hold |
//! | `packed::LANES` | 16 columns | the most lanes that a vector has |
//! | `sparse::SPARSE` | a quarter | up to this share of non-zeros the sparse product is faster |
//! | `sparse::WIDTHS` | 16, 32 columns | one or two vectors of `f32`, whose sums fit into registers |
//! | `sparse::SHARED_ADDITIONS` | 2^17 | a smaller product takes less time than waking a thread |
//! | `random::LANES` | 16 generators | the lanes of an AVX-512 vector; fixed |
//! | `training::records::BLOCK_ROWS` | 128 records | 128 images stay in a core's cache while they are read; fixed |
//! | `training::difference::MOST_SUMS` | 2^17 | the sums of a narrow machine stay in a core's cache; fixed |
//! | `training::optimizer::BLOCK_ELEMENTS` | 2^15 | as `parallel::BLOCK_ELEMENTS` |
//! | `likelihood::ais::BLOCK_CHAINS` | 50 chains | 100 chains make two blocks; fixed |
//! | `likelihood::exact::BLOCK_STATES` | 2^10 states | a matrix product of many states at once |
//! | `fisher::blocks::ROWS` | 256 samples | their scores are all that is held at a time |
//! | `one_vs_one::BLOCK_ROWS` | 256 samples | their decisions are all that is held at a time |
//! | `checks::BLOCK_ROWS` | 1024 records | a check of so many takes longer than waking a thread |

pub(crate) mod aligned;
#[cfg(feature = "benchmarks")]
#[doc(hidden)]
pub mod benchmarks;
pub(crate) mod dense;
pub(crate) mod eigen;
mod float;
pub(crate) mod kernels;
pub(crate) mod packed;
pub(crate) mod parallel;
pub(crate) mod random;
pub(crate) mod scalar;
pub(crate) mod sparse;

pub use float::Float;
