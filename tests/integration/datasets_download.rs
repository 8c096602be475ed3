//! Downloads from a server on the loopback address whose answers are good, broken, slow or endless.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use linfa_fisher::datasets::{DownloadError, Downloader, RemoteFile, TransferError};
use linfa_fisher::observer::Event;
use sha2::{Digest, Sha256};

/// Longer than what the tests wait for the next byte.
const SLOW: Duration = Duration::from_millis(1500);
const SILENCE: Duration = Duration::from_millis(300);

/// 300,000 bytes that do not compress to much less.
fn content() -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..300_000).map(|_| next()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A server whose answers depend on the path, with a record of the requests.
struct Server {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        // Proxies of the environment are for other addresses than these.
        static PROXIES: Once = Once::new();
        // SAFETY: only Rust code reads the environment of this program, under the lock of std
        #[allow(unsafe_code)]
        PROXIES.call_once(|| unsafe { std::env::set_var("NO_PROXY", "127.0.0.1") });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        std::thread::spawn(move || {
            let visits = Arc::new(Mutex::new(HashMap::new()));
            for stream in listener.incoming().flatten() {
                let (record, visits) = (Arc::clone(&record), Arc::clone(&visits));
                // The client may hang up at any time, which ends an answer and is no fault.
                std::thread::spawn(move || drop(answer(stream, &record, &visits)));
            }
        });
        Self { address, requests }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    record: &Mutex<Vec<String>>,
    visits: &Mutex<HashMap<String, usize>>,
) -> std::io::Result<()> {
    let (mut path, mut range) = (String::new(), None);
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?.to_lowercase();
        if let Some(rest) = line.strip_prefix("get /") {
            path = rest.split(' ').next().unwrap_or_default().to_string();
        } else if let Some(rest) = line.strip_prefix("range: bytes=") {
            range = rest.trim_end_matches('-').parse::<usize>().ok();
        } else if line.is_empty() {
            break;
        }
    }
    let from = range.map_or(String::new(), |start| format!(" from byte {start}"));
    record.lock().unwrap().push(format!("{path}{from}"));
    let visit = {
        let mut visits = visits.lock().unwrap();
        let count = visits.entry(path.clone()).or_insert(0);
        *count += 1;
        *count
    };
    let file = gzip(&content());
    let half = file.len() / 2;
    match (path.as_str(), visit, range) {
        ("good", ..) | ("busy", 3.., _) => send(&mut stream, "200 OK", "", file.len(), &file),
        ("wrong", ..) => {
            let wrong = gzip(b"another content");
            send(&mut stream, "200 OK", "", wrong.len(), &wrong)
        }
        ("page", ..) => send(&mut stream, "200 OK", "", 6, b"<html>"),
        ("busy", ..) => send(&mut stream, "503 Service Unavailable", "", 0, b""),
        ("moved", ..) => send(&mut stream, "302 Found", "Location: /good\r\n", 0, b""),
        ("round", ..) => send(&mut stream, "302 Found", "Location: /round\r\n", 0, b""),
        ("truncated", ..) | ("resumed", 1, _) | ("restarted", 1, _) | ("unsatisfied", 1, _) => {
            send(&mut stream, "200 OK", "", file.len(), &file[..half])
        }
        ("stale", 1, _) => {
            let other = vec![0x1f; half];
            send(&mut stream, "200 OK", "", file.len(), &other)
        }
        ("resumed" | "stale", _, Some(start)) => {
            let header = format!(
                "Content-Range: bytes {start}-{}/{}\r\n",
                file.len() - 1,
                file.len()
            );
            let rest = &file[start..];
            send(
                &mut stream,
                "206 Partial Content",
                &header,
                rest.len(),
                rest,
            )
        }
        ("unsatisfied", _, Some(_)) => send(&mut stream, "416 Range Not Satisfiable", "", 0, b""),
        ("restarted" | "unsatisfied" | "stale", ..) => {
            send(&mut stream, "200 OK", "", file.len(), &file)
        }
        ("unannounced", 1, _) => unannounced(&mut stream, &file[..half]),
        ("unannounced", ..) => unannounced(&mut stream, &file),
        ("forbidden", 1, _) => send(&mut stream, "200 OK", "", file.len(), &file[..half]),
        ("forbidden", ..) => send(&mut stream, "403 Forbidden", "", 0, b""),
        ("clipped", 1, _) => send(&mut stream, "200 OK", "", file.len(), &file[..half]),
        ("clipped", _, Some(start)) => {
            let end = file.len().min(start + half / 2 + 1);
            let header = format!(
                "Content-Range: bytes {start}-{}/{}\r\n",
                end - 1,
                file.len()
            );
            let piece = &file[start..end];
            send(
                &mut stream,
                "206 Partial Content",
                &header,
                piece.len(),
                piece,
            )
        }
        ("closing", 1, _) => {
            let header = "Retry-After: 1\r\n";
            send(&mut stream, "503 Service Unavailable", header, 0, b"")
        }
        ("closing", ..) => send(&mut stream, "200 OK", "", file.len(), &file),
        ("lazy", ..) => {
            std::thread::sleep(SILENCE / 2);
            send(&mut stream, "200 OK", "", file.len(), &file)
        }
        ("dripping", ..) => {
            send(&mut stream, "200 OK", "", file.len(), b"")?;
            for byte in file {
                stream.write_all(&[byte])?;
                std::thread::sleep(SILENCE / 6);
            }
            Ok(())
        }
        ("slow", ..) => {
            send(&mut stream, "200 OK", "", file.len(), &file[..1000])?;
            std::thread::sleep(SLOW);
            Ok(())
        }
        ("silent", ..) => {
            std::thread::sleep(SLOW);
            Ok(())
        }
        ("claims", ..) => send(&mut stream, "200 OK", "", 1 << 40, &file),
        ("endless", ..) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[0x1f; 4096])?;
            }
        }
        _ => send(&mut stream, "404 Not Found", "", 0, b""),
    }
}

/// A body that ends with the connection.
fn unannounced(stream: &mut TcpStream, body: &[u8]) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
    stream.write_all(body)
}

fn send(
    stream: &mut TcpStream,
    status: &str,
    headers: &str,
    length: usize,
    body: &[u8],
) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

/// An empty folder, removed with all that it holds when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("linfa-fisher-download-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Names of the files in the subfolder of the set, but for locks, which stay.
    fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.0.join("set")) else {
            return Vec::new();
        };
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let lock = |name: &String| name.ends_with(".lock");
        let names = entries.flatten().map(name);
        names.filter(|name| !lock(name)).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Fetches the file from the paths of the server, and prints what happened.
fn fetch(server: &Server, folder: &Path, paths: &[&str]) -> Result<PathBuf, DownloadError> {
    let urls = paths.iter().map(|path| server.url(path)).collect();
    let file = RemoteFile::new("set/noise.gz", 300_000, sha256(&content()), urls);
    let mut events = Vec::new();
    let start = Instant::now();
    let outcome = Downloader::new()
        .folder(folder)
        .attempts(3)
        .pause(Duration::from_millis(20))
        .timeouts(SILENCE, Duration::from_secs(20))
        .fetch_file(&file, &mut |event: &Event| events.push(event.clone()));
    for event in &events {
        match event {
            Event::Download { done, total, .. } if Some(*done) == *total => {
                println!("{paths:?}: {done} bytes, complete");
            }
            Event::DownloadFailed { fault, pause, .. } => {
                println!("{paths:?}: {fault}; next attempt after {pause:?}");
            }
            _ => {}
        }
    }
    println!(
        "{paths:?}: {} after {:?}",
        if outcome.is_ok() {
            "fetched"
        } else {
            "given up"
        },
        start.elapsed()
    );
    if let Ok(path) = &outcome {
        assert_eq!(fs::read(path).unwrap(), gzip(&content()));
    }
    outcome
}

/// The faults when nothing could be fetched; no file may bear the name then.
fn faults(paths: &[&str]) -> Vec<TransferError> {
    let (server, folder) = (Server::start(), Folder::new());
    let outcome = fetch(&server, &folder.0, paths);
    assert!(!folder.files().contains(&"noise.gz".to_string()));
    match outcome {
        Err(DownloadError { failed, .. }) => failed.into_iter().map(|f| f.fault).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_answer_is_fetched_once() {
    let (server, folder) = (Server::start(), Folder::new());
    fetch(&server, &folder.0, &["good"]).unwrap();
    fetch(&server, &folder.0, &["good"]).unwrap();
    assert_eq!(server.requests(), ["good"]);
    assert_eq!(folder.files(), ["noise.gz"]);
    fs::write(folder.0.join("set/noise.gz"), b"damaged").unwrap();
    fetch(&server, &folder.0, &["good"]).unwrap();
    assert_eq!(server.requests(), ["good", "good"]);
}

#[test]
fn redirects_are_followed_but_not_for_ever() {
    let (server, folder) = (Server::start(), Folder::new());
    fetch(&server, &folder.0, &["moved"]).unwrap();
    assert_eq!(server.requests(), ["moved", "good"]);
    assert!(matches!(faults(&["round"])[..], [TransferError::Http(_)]));
}

#[test]
fn a_transfer_goes_on_where_it_stopped() {
    let (server, folder) = (Server::start(), Folder::new());
    fetch(&server, &folder.0, &["resumed"]).unwrap();
    let half = gzip(&content()).len() / 2;
    assert_eq!(
        server.requests(),
        ["resumed".to_string(), format!("resumed from byte {half}")]
    );
    assert_eq!(folder.files(), ["noise.gz"]);
}

#[test]
fn a_server_without_ranges_starts_again() {
    for path in ["restarted", "unsatisfied"] {
        let (server, folder) = (Server::start(), Folder::new());
        fetch(&server, &folder.0, &[path]).unwrap();
        assert!(server.requests().len() >= 2);
        assert_eq!(folder.files(), ["noise.gz"]);
    }
}

#[test]
fn an_answer_of_unknown_length_that_was_cut_is_tried_again() {
    let (server, folder) = (Server::start(), Folder::new());
    fetch(&server, &folder.0, &["unannounced"]).unwrap();
    assert_eq!(server.requests(), ["unannounced", "unannounced"]);
}

#[test]
fn a_range_may_be_answered_in_pieces() {
    let (server, folder) = (Server::start(), Folder::new());
    fetch(&server, &folder.0, &["clipped"]).unwrap();
    assert_eq!(server.requests().len(), 3, "{:?}", server.requests());
    assert_eq!(folder.files(), ["noise.gz"]);
}

#[test]
fn a_refusal_leaves_the_partial_file() {
    let (server, folder) = (Server::start(), Folder::new());
    assert!(fetch(&server, &folder.0, &["forbidden"]).is_err());
    assert_eq!(server.requests().len(), 2);
    assert_eq!(folder.files().len(), 1);
}

#[test]
fn partial_files_of_other_addresses_go_once_the_file_is_whole() {
    let (server, folder) = (Server::start(), Folder::new());
    fs::create_dir(folder.0.join("set")).unwrap();
    for name in [".noise.gz.0badcafe.part", ".other.gz.0badcafe.part"] {
        fs::write(folder.0.join("set").join(name), b"orphan").unwrap();
    }
    fetch(&server, &folder.0, &["truncated", "good"]).unwrap();
    let mut files = folder.files();
    files.sort();
    assert_eq!(files, [".other.gz.0badcafe.part", "noise.gz"]);
}

#[test]
fn runs_at_once_transfer_once() {
    let (server, folder) = (Server::start(), Folder::new());
    std::thread::scope(|scope| {
        let run = || fetch(&server, &folder.0, &["lazy"]);
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
        for run in runs {
            run.join().unwrap().unwrap();
        }
    });
    assert_eq!(server.requests(), ["lazy"]);
    assert_eq!(folder.files(), ["noise.gz"]);
}

#[test]
fn addresses_that_cannot_be_are_tried_once() {
    let (folder, checksum) = (Folder::new(), sha256(&content()));
    for url in ["ftp://127.0.0.1/x", "no address", "http://"] {
        let file = RemoteFile::new("set/noise.gz", 5, checksum.clone(), vec![url.into()]);
        let downloader = Downloader::new().folder(&folder.0).pause(SLOW);
        match downloader.fetch_file(&file, &mut ()) {
            Err(DownloadError { failed, .. }) => assert_eq!(failed.len(), 1, "{failed:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_server_that_says_when_to_come_back_is_left_alone_until_then() {
    let (server, folder) = (Server::start(), Folder::new());
    let start = Instant::now();
    fetch(&server, &folder.0, &["closing"]).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

/// Never silent for long, but it would take hours.
#[test]
fn an_attempt_has_an_end() {
    let (server, folder) = (Server::start(), Folder::new());
    let urls = vec![server.url("dripping")];
    let file = RemoteFile::new("set/noise.gz", 300_000, sha256(&content()), urls);
    let outcome = Downloader::new()
        .folder(&folder.0)
        .attempts(2)
        .pause(Duration::ZERO)
        .timeouts(SILENCE, 2 * SILENCE)
        .fetch_file(&file, &mut ());
    let Err(DownloadError { failed, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    let timed_out = |fault: &TransferError| matches!(fault, TransferError::Http(error) if matches!(**error, ureq::Error::Timeout(_)));
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|attempt| timed_out(&attempt.fault)));
}

#[test]
fn a_partial_file_is_kept_for_a_later_run() {
    let (server, folder) = (Server::start(), Folder::new());
    assert!(fetch(&server, &folder.0, &["truncated"]).is_err());
    let part = folder.files().pop().unwrap();
    assert!(part.ends_with(".part"), "{part}");
    let length = fs::metadata(folder.0.join("set").join(&part))
        .unwrap()
        .len();
    assert_eq!(length as usize, gzip(&content()).len() / 2);
}

#[test]
fn a_partial_file_of_other_content_is_thrown_away() {
    let (server, folder) = (Server::start(), Folder::new());
    fetch(&server, &folder.0, &["stale"]).unwrap();
    let half = gzip(&content()).len() / 2;
    let resumed = format!("stale from byte {half}");
    assert_eq!(server.requests(), ["stale", &resumed, "stale"]);
    assert_eq!(folder.files(), ["noise.gz"]);
}

#[test]
fn a_busy_server_is_asked_again_with_growing_pauses() {
    let (server, folder) = (Server::start(), Folder::new());
    let start = Instant::now();
    fetch(&server, &folder.0, &["busy"]).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(20 + 40));
    assert_eq!(server.requests(), ["busy", "busy", "busy"]);
}

#[test]
fn the_next_mirror_is_tried() {
    let (server, folder) = (Server::start(), Folder::new());
    fetch(&server, &folder.0, &["missing", "wrong", "page", "good"]).unwrap();
    assert_eq!(server.requests(), ["missing", "wrong", "page", "good"]);
    assert_eq!(folder.files(), ["noise.gz"]);
}

#[test]
fn cut_answers_are_tried_again_and_then_given_up() {
    let faults = faults(&["truncated"]);
    assert_eq!(faults.len(), 3);
    let cut = |fault: &TransferError| {
        matches!(
            fault,
            TransferError::Truncated { .. } | TransferError::Http(_)
        )
    };
    assert!(faults.iter().all(cut), "{faults:?}");
}

#[test]
fn silence_is_not_waited_for() {
    for path in ["slow", "silent"] {
        let start = Instant::now();
        let faults = faults(&[path]);
        assert_eq!(faults.len(), 3);
        let timed_out = |fault: &TransferError| matches!(fault, TransferError::Http(error) if matches!(**error, ureq::Error::Timeout(_)));
        assert!(faults.iter().all(timed_out), "{faults:?}");
        assert!(start.elapsed() < 3 * SLOW);
    }
}

#[test]
fn no_more_is_taken_than_the_file_can_have() {
    for path in ["endless", "claims"] {
        let faults = faults(&[path]);
        assert!(
            matches!(faults[..], [TransferError::TooLarge { limit: 301_324 }]),
            "{faults:?}"
        );
    }
}

#[test]
fn other_contents_are_refused() {
    assert!(matches!(
        &faults(&["wrong"])[..],
        [TransferError::Checksum { expected, .. }] if *expected == sha256(&content())
    ));
    assert!(matches!(
        faults(&["page"])[..],
        [TransferError::Checksum { .. }]
    ));
    assert!(matches!(
        faults(&["missing"])[..],
        [TransferError::Status(404)]
    ));
}

#[test]
fn without_a_network_the_error_says_what_to_do() {
    // A port that was free a moment ago, and is closed.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/noise.gz", listener.local_addr().unwrap());
    drop(listener);
    let folder = Folder::new();
    let file = RemoteFile::new("set/noise.gz", 5, "", vec![url.clone()]);
    let error = Downloader::new()
        .folder(&folder.0)
        .attempts(1)
        .fetch_file(&file, &mut ())
        .unwrap_err()
        .to_string();
    println!("{error}");
    let target = folder.0.join("set/noise.gz");
    assert!(error.starts_with(&format!(
        "{} could not be fetched: {url}: ",
        target.display()
    )));
    assert!(error.ends_with(&format!("fetch it by hand from {url} and put it there")));
}
