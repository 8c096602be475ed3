//! The peers' scripts, run by Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::contender::{Check, Contender, Measurement};
use super::machine::cores;
use super::options::Options;
use super::work::{
    ALPHANUMERIC, BATCH, FOLD_COST, FOLD_EPOCHS, Kind, Machines, RANK, Route, SGD_EPOCHS, SVM_COST,
    Space, Work,
};
use super::{Fault, gemm};

/// Environment variables that would keep a library from its best kernels for this processor.
const RESTRICTIONS: [&str; 5] = [
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "XLA_FLAGS",
];

/// The interpreter that runs the scripts.
#[derive(Debug, Clone)]
pub(crate) struct Python {
    interpreter: PathBuf,
    data_dir: PathBuf,
    rows: usize,
}

impl Python {
    pub(crate) fn new(options: &Options, data_dir: &Path) -> Self {
        Self {
            interpreter: options.python.clone(),
            data_dir: data_dir.to_owned(),
            rows: options.rows,
        }
    }

    /// Operations a second of OpenBLAS's products.
    pub(crate) fn gemm_peak(&self) -> Result<f64, Fault> {
        let (size, repetitions) = (gemm::SIZE, gemm::REPETITIONS);
        let arguments = format!("--size {size} --repetitions {repetitions}");
        let report = self.run("gemm_peak.py", &words(&arguments))?;
        let fastest = seconds(&report)?.into_iter().fold(f64::INFINITY, f64::min);
        Ok(gemm::operations() / fastest)
    }

    /// The peers of a piece of work, each with every setting of its threads; `folder` holds what
    /// they start from.
    pub(crate) fn contenders(&self, work: Work, folder: &Path) -> Vec<Contender<'static>> {
        let hidden: Vec<String> = work.hidden().iter().map(usize::to_string).collect();
        let hidden = hidden.join(",");
        let repetitions = words(&format!("--repetitions {}", work.repetitions()));
        let peer = |name, script, settings: Vec<Setting>, arguments: Vec<String>| {
            let each = |setting: Setting| {
                let arguments = [&repetitions, &setting.arguments, &arguments].map(Clone::clone);
                self.contender(name, script, setting.threads, arguments.concat())
            };
            settings.into_iter().map(each).collect::<Vec<_>>()
        };
        let layers = words(&format!("--hidden {hidden}"));
        let file = |option: &str, path: &Path| vec![option.into(), path.display().to_string()];
        let weights = || file("--weights", &folder.join(WEIGHTS));
        match work.kind() {
            Kind::Rbm => peer("scikit-learn", "sklearn_rbm.py", blas_threads(), layers),
            Kind::Dbm => {
                let jax = vec![Setting {
                    threads: cores().to_string(),
                    arguments: Vec::new(),
                }];
                let mut peers = peer("NumPy", "dbm_numpy.py", workers(), layers.clone());
                peers.extend(peer("JAX", "dbm_jax.py", jax, layers));
                peers
            }
            Kind::Ais => peer("NumPy", "ais_numpy.py", workers(), weights()),
            Kind::Mixture => peer("scikit-image", "mixture_skimage.py", workers(), weights()),
            Kind::Features(route) => {
                let folder = file("--folder", folder);
                peer("NumPy", "features_numpy.py", ways(route), folder)
            }
            Kind::Neighbor(space) => {
                let folder = file("--folder", folder);
                peer(
                    "scikit-learn",
                    "neighbors_sklearn.py",
                    spaces(space),
                    folder,
                )
            }
            Kind::Folds => {
                let mut arguments = file("--folder", folder);
                let settings = format!("--epochs {FOLD_EPOCHS} --cost {FOLD_COST}");
                arguments.extend(words(&settings));
                arguments.extend(layers);
                let all = vec![Setting {
                    threads: cores().to_string(),
                    arguments: Vec::new(),
                }];
                peer("NumPy", "folds_numpy.py", all, arguments)
            }
            Kind::Svm(solver) => {
                let folder = file("--folder", folder);
                peer("scikit-learn", "svm_sklearn.py", tolerances(solver), folder)
            }
        }
    }

    fn contender(
        &self,
        name: &str,
        script: &'static str,
        threads: String,
        arguments: Vec<String>,
    ) -> Contender<'static> {
        let python = self.clone();
        let turn = move || measurement(&python.run(script, &arguments)?);
        Contender::new(name, threads, Box::new(turn))
    }

    /// Runs a script and reads its report.
    fn run(&self, script: &str, arguments: &[String]) -> Result<Value, Fault> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
        let mut command = Command::new(&self.interpreter);
        for name in RESTRICTIONS {
            command.env_remove(name);
        }
        command
            .env("LINFA_FISHER_DATA", &self.data_dir)
            .arg(folder.join(script))
            .args(["--rows", &self.rows.to_string()])
            .args(arguments);
        let output = command.output().map_err(|fault| {
            let interpreter = self.interpreter.display();
            format!("{interpreter} cannot be started ({fault}); give --python")
        })?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            let last = complaint.lines().last().unwrap_or_default();
            return Err(format!("{script}: {last} ({})", output.status).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// The file of a machine's lowest weights, or of a mixture.
pub(crate) const WEIGHTS: &str = "weights.npy";

/// How a peer uses threads.
#[derive(Debug, Clone)]
struct Setting {
    /// The name in the tables.
    threads: String,
    arguments: Vec<String>,
}

/// OpenBLAS on one thread and on all.
fn blas_threads() -> Vec<Setting> {
    let setting = |threads: &usize| Setting {
        threads: format!("{threads} of BLAS"),
        arguments: words(&format!("--blas-threads {threads}")),
    };
    one_and_all().iter().map(setting).collect()
}

/// One worker with OpenBLAS on one thread or on all, or one worker a core with one thread each.
fn workers() -> Vec<Setting> {
    let setting = |(workers, blas): (usize, usize)| Setting {
        threads: format!("{workers} x {blas} of BLAS"),
        arguments: words(&format!("--workers {workers} --blas-threads {blas}")),
    };
    let mut pairs = vec![(1, 1), (1, cores()), (cores(), 1)];
    pairs.dedup();
    pairs.into_iter().map(setting).collect()
}

/// The ways of the peer to the directions, each with OpenBLAS on all threads: its work is products
/// and decompositions of large matrices.
fn ways(route: Route) -> Vec<Setting> {
    let ways = match route {
        Route::Exact => vec![format!("explicit --rank {RANK}")],
        Route::Landmarks(landmarks) => ["covariance_eigh", "randomized"]
            .map(|solver| {
                format!("landmarks --rank {RANK} --landmarks {landmarks} --solver {solver}")
            })
            .to_vec(),
        Route::FullRank => vec![format!("gram --rows {ALPHANUMERIC}")],
    };
    let cores = cores();
    let setting = |way: String| Setting {
        threads: match way.split_once("--solver ") {
            Some((_, solver)) => format!("{cores} of BLAS, {solver}"),
            None => format!("{cores} of BLAS"),
        },
        arguments: words(&format!("--blas-threads {cores} --route {way}")),
    };
    ways.into_iter().map(setting).collect()
}

/// Tolerances of LIBLINEAR, of which the default, 1e-4, is far tighter than the gap that this crate
/// stops at, and plain or averaged stochastic gradient descent.
fn tolerances(solver: Machines) -> Vec<Setting> {
    let (name, ways) = match solver {
        Machines::Dual => ("dual", vec!["--tolerance 1", "--tolerance 0.1"]),
        Machines::Primal => ("primal", vec!["--tolerance 0.01"]),
        Machines::Sgd => ("sgd", vec!["", "--average"]),
    };
    let setting = |way: &str| Setting {
        threads: format!("{name} {way}"),
        arguments: words(
            format!("--solver {name} --cost {SVM_COST} --epochs {SGD_EPOCHS} {way}").trim_end(),
        ),
    };
    ways.into_iter().map(setting).collect()
}

/// Neighbours on all cores.
fn spaces(space: Space) -> Vec<Setting> {
    let name = match space {
        Space::Vectors => "vectors",
        Space::Scores => "scores",
    };
    vec![Setting {
        threads: cores().to_string(),
        arguments: words(&format!("--space {name}")),
    }]
}

fn one_and_all() -> Vec<usize> {
    let mut threads = vec![1, cores()];
    threads.dedup();
    threads
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// The last repetition of a report.
fn measurement(report: &Value) -> Result<Measurement, Fault> {
    let seconds = *seconds(report)?.last().ok_or("no repetition")?;
    Ok(Measurement {
        seconds,
        check: check(report)?,
        versions: versions(report),
        note: None,
        peak: report["peak"].as_f64(),
    })
}

fn seconds(report: &Value) -> Result<Vec<f64>, Fault> {
    let all = report["seconds"].as_array().ok_or("no seconds")?;
    Ok(all.iter().filter_map(Value::as_f64).collect())
}

fn check(report: &Value) -> Result<Check, Fault> {
    let value = [
        &report["pseudo_likelihood"],
        &report["reconstruction_error"][1],
        &report["log_z"],
        &report["mean_magnitude"],
        &report["sum_of_eigenvalues"],
        &report["objective"],
        &report["test_accuracy"],
    ];
    let value = value.into_iter().find_map(Value::as_f64);
    // the delta method, for log weights that are close together
    let error = |deviation: f64| deviation / (BATCH as f64).sqrt();
    Ok(Check {
        value: value.ok_or("the report has nothing to check")?,
        standard_error: report["log_weights_std"].as_f64().map(error),
    })
}

fn versions(report: &Value) -> Vec<String> {
    let all = report["versions"].as_object().into_iter().flatten();
    let named = all.map(|(name, version)| format!("{name} {}", version.as_str().unwrap_or("?")));
    named.collect()
}
