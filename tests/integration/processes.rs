//! Improved Fisher vectors by several processes, which the example `mnist_processes` connects by
//! timely dataflow. A process is this program once more, which then runs the test [`a_process`]
//! only.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use clap::Parser;
use linfa::traits::Fit;
use linfa_fisher::datasets;
use ndarray::{Array2, s};
use tempfile::TempDir;

use crate::common::{digits, small_dbm};

#[path = "../../examples/mnist_processes/processes/mod.rs"]
mod example;

use example::{Options, Report};

/// The options of a process, one a line.
const OPTIONS: &str = "LINFA_FISHER_TEST_PROCESS";
/// The worker, the step and the way in which a process is lost.
const LOSS: &str = "LINFA_FISHER_TEST_LOSS";

/// Not a test: what the processes of the tests run.
#[test]
fn a_process() {
    let Ok(options) = env::var(OPTIONS) else {
        return;
    };
    let again = |further: &[&OsStr]| {
        let further = further.iter().map(|option| option.to_str().unwrap());
        Ok::<_, io::Error>(process(options.lines().chain(further)))
    };
    let arguments = ["mnist_processes"].into_iter().chain(options.lines());
    example::run(&Options::parse_from(arguments), &again, lose);
}

/// Loses the process at the step that a test names, without a word to the others.
fn lose(report: &Report) {
    let loss = env::var(LOSS).unwrap_or_default();
    let step = format!("{:?}", report.step);
    match loss.split(' ').collect::<Vec<_>>()[..] {
        [worker, name, way] if worker == report.worker.to_string() && step.starts_with(name) => {
            match way {
                "dies" => std::process::abort(),
                _ => thread::sleep(Duration::from_secs(3600)),
            }
        }
        _ => {}
    }
}

fn process<'a>(options: impl Iterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "processes::a_process", "--nocapture"])
        .env(OPTIONS, options.collect::<Vec<_>>().join("\n"));
    command
}

/// The embedded digits in the files of MNIST, and where the results go.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        let digits = datasets::digits::<f64>().unwrap();
        for (part, rows) in [("train", 0..1500), ("t10k", 1500..1797)] {
            let n = rows.len() as u32;
            let pixels = digits.records.slice(s![rows.clone(), ..]);
            let pixels: Vec<u8> = pixels.iter().map(|x| (x * 255.0).round() as u8).collect();
            folder.write(&format!("{part}-images-idx3-ubyte"), &[n, 8, 8], &pixels);
            let classes = digits.targets.slice(s![rows]);
            let classes: Vec<u8> = classes.iter().map(|&class| class as u8).collect();
            folder.write(&format!("{part}-labels-idx1-ubyte"), &[n], &classes);
        }
        folder
    }

    fn write(&self, name: &str, dims: &[u32], bytes: &[u8]) {
        let header = [0x0800 + dims.len() as u32]
            .into_iter()
            .chain(dims.iter().copied());
        let header: Vec<u8> = header.flat_map(u32::to_be_bytes).collect();
        fs::write(self.path().join(name), [&header, bytes].concat()).unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// A process with these options beside those of a quick fit.
    fn process(&self, options: &str) -> Command {
        let folder = self.path().to_str().unwrap();
        let fit = "--hidden 8,4 --epochs 2 --machine-rows 400 --landmarks 60 --rank 20";
        let folder = format!("--data-dir\n{folder}\n--out\n{folder}/features.npy");
        let words = fit.split(' ').chain(options.split(' '));
        let mut command = process(folder.lines().chain(words));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// A process that another one finds in this folder.
    fn member(&self, options: &str) -> Command {
        let folder = self.path().to_str().unwrap();
        self.process(&format!("--folder {folder} {options}"))
    }

    fn features(&self) -> Option<Array2<f32>> {
        let file = self.path().join("features.npy");
        file.exists().then(|| ndarray_npy::read_npy(file).unwrap())
    }
}

/// What a process has printed, once it has succeeded.
fn success(mut command: Command) -> String {
    let (success, text) = told(command.output().unwrap());
    assert!(success, "{text}");
    text
}

/// What a process has printed, once it has failed.
fn failure(child: Child) -> String {
    let (success, text) = told(child.wait_with_output().unwrap());
    assert!(!success, "{text}");
    text
}

fn told(output: Output) -> (bool, String) {
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// Sums in double precision differ in their last bits, which the inverse of the landmarks' kernel
/// blows up, but not to more than 1e-4 of features of up to 4. `--check` compares with the fit that
/// reads all images into one process.
#[test]
fn several_processes_give_the_features_of_one() {
    let features = ["-n 1 --check", "-n 2 --check", "-n 3 -w 2"].map(|processes| {
        let folder = Folder::new();
        let text = success(folder.process(processes));
        assert!(text.contains("of 297 test images"), "{text}");
        folder.features().unwrap()
    });
    let [alone, two, six] = features;
    assert_eq!(alone.nrows(), 297);
    for other in [two, six] {
        let difference = (&other - &alone).fold(0.0_f32, |most, x| most.max(x.abs()));
        assert!(difference < 1e-4, "{difference}");
    }
}

#[test]
fn a_machine_may_come_from_a_file() {
    let folder = Folder::new();
    let file = folder.path().join("machine.json");
    let machine = small_dbm::<f32>().fit(&digits(0, 100)).unwrap();
    fs::write(&file, serde_json::to_vec(&machine).unwrap()).unwrap();
    let file = file.to_str().unwrap();
    success(folder.process(&format!("--check --machine {file}")));
    assert_eq!(folder.features().unwrap().nrows(), 297);
}

/// At every step, whichever of the two it is.
#[test]
fn a_process_that_dies_ends_the_other_without_results() {
    for step in [
        "Images",
        "Machine",
        "Landmarks",
        "Statistics",
        "Features",
        "Transformed",
    ] {
        for lost in [0, 1] {
            let folder = Folder::new();
            let mut children = [0, 1].map(|number| {
                let mut command = folder.member(&format!("-n 2 -p {number}"));
                command.env(LOSS, format!("{lost} {step} dies"));
                command.spawn().unwrap()
            });
            let left = 1 - lost;
            children.swap(0, left);
            let text = failure(children.into_iter().next().unwrap());
            assert!(
                text.contains("another process was lost"),
                "{step} {lost}: {text}"
            );
            assert!(folder.features().is_none(), "{step} {lost}");
        }
    }
}

#[test]
fn a_started_process_that_dies_ends_the_one_that_started_it() {
    let folder = Folder::new();
    let mut command = folder.process("-n 3");
    let child = command.env(LOSS, "2 Landmarks dies").spawn().unwrap();
    let text = failure(child);
    assert!(
        text.contains("was lost") || text.contains("ended early"),
        "{text}"
    );
    assert!(folder.features().is_none());
}

/// Its connections are open, but nothing comes by them.
#[test]
fn a_process_that_falls_silent_is_not_waited_for_longer_than_the_limit() {
    let folder = Folder::new();
    let children = [0, 1].map(|number| {
        let mut command = folder.member(&format!("-n 2 -p {number} --timeout 3"));
        command.env(LOSS, "1 Statistics sleeps").spawn().unwrap()
    });
    let [waiting, silent] = children.map(failure);
    assert!(waiting.contains("did not come within 3 s"), "{waiting}");
    assert!(silent.contains("another process was lost"), "{silent}");
    assert!(folder.features().is_none());
}

#[test]
fn a_process_that_never_starts_is_not_waited_for_longer_than_the_limit() {
    let folder = Folder::new();
    let text = failure(folder.member("-n 2 -p 0 --timeout 1").spawn().unwrap());
    assert!(
        text.contains("process 1 did not answer within 1 s"),
        "{text}"
    );
    let text = failure(folder.member("-n 2 -p 2").spawn().unwrap());
    assert!(text.contains("process 2 of 2"), "{text}");
    let text = failure(folder.process("-n 2 -p 1").spawn().unwrap());
    assert!(text.contains("process 1 needs the addresses"), "{text}");
    let hosts = folder.path().join("hosts.txt");
    fs::write(&hosts, "localhost:2101\n").unwrap();
    let hosts = hosts.to_str().unwrap();
    let text = failure(folder.process(&format!("-n 2 -h {hosts}")).spawn().unwrap());
    assert!(text.contains("has 1 addresses, expected 2"), "{text}");
}

#[test]
fn processes_with_other_options_are_no_part_of_the_run() {
    let folder = Folder::new();
    let children = ["-n 2 -p 0", "-n 2 -p 1 --damping 0.5"];
    let children = children.map(|options| folder.member(options).spawn().unwrap());
    for text in children.map(failure) {
        assert!(text.contains("was started for another run"), "{text}");
    }
}

#[test]
fn strangers_who_call_are_ignored() {
    let folder = Folder::new();
    let first = folder.member("-n 2 -p 0").spawn().unwrap();
    let second = folder.path().join("1");
    // the first process goes on to listen when it knows an address of the second one
    fs::write(&second, "127.0.0.1:1").unwrap();
    let address = loop {
        match fs::read_to_string(folder.path().join("0")) {
            Ok(address) => break address,
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    };
    let mut stranger = TcpStream::connect(address.trim()).unwrap();
    stranger
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    success(folder.member("-n 2 -p 1"));
    let (success, text) = told(first.wait_with_output().unwrap());
    assert!(success && folder.features().is_some(), "{text}");
}
