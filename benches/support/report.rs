//! The tables of results.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;

use comfy_table::{Table, presets::ASCII_MARKDOWN};

use super::Fault;
use super::contender::{Check, Comparison, Contender};
use super::gemm::{self, Peaks};
use super::machine::Machine;
use super::spread::Spread;
use super::work::Work;

/// Two estimates of the same number may differ by so many standard errors.
const AGREEMENT: f64 = 4.0;
/// Pixels of an image.
const VISIBLE: usize = 784;

/// All that has been measured so far.
pub(crate) struct Report<'a> {
    pub(crate) machine: Machine,
    pub(crate) peaks: Peaks,
    pub(crate) rows: usize,
    pub(crate) repetitions: u16,
    pub(crate) comparisons: Vec<Comparison<'a>>,
}

impl Report<'_> {
    /// Writes the tables to a file, which never exists half-written.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Fault> {
        let mut name = path.file_name().ok_or("--out is not a file")?.to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        fs::write(&part, self.to_string())?;
        Ok(fs::rename(part, path)?)
    }

    /// # Errors
    ///
    /// If this crate failed at a piece of work, or if estimates of the same number disagree.
    pub(crate) fn verdict(&self) -> Result<(), Fault> {
        for comparison in &self.comparisons {
            let ours = comparison
                .ours()
                .ok_or_else(|| format!("{}: ours failed", comparison.work))?;
            for (peer, distance) in distances(comparison, ours) {
                if distance > AGREEMENT {
                    let Comparison { work, .. } = comparison;
                    let fault = format!("{work}: {} disagrees by {distance:.1} errors", peer.name);
                    return Err(fault.into());
                }
            }
        }
        Ok(())
    }

    /// One row for each piece of work.
    fn summary(&self) -> Table {
        let mut table = table(&[
            "work",
            "ours, s",
            "fastest peer",
            "its, s",
            "times as fast",
            "in single rounds",
            "target",
            "reached",
        ]);
        for comparison in &self.comparisons {
            let work = comparison.work;
            let peer = comparison.fastest_peer();
            let ratio = peer.and_then(|peer| comparison.ratio(peer));
            table.add_row([
                work.to_string(),
                median(comparison.ours()),
                peer.map_or("not measured".into(), Contender::label),
                median(peer),
                ratio.map_or("-".into(), |ratio| format!("{:.2}", ratio.median)),
                ratio.map_or("-".into(), |ratio| {
                    format!("{:.2} to {:.2}", ratio.least, ratio.most)
                }),
                format!("{}x", work.target()),
                match ratio {
                    Some(ratio) if ratio.median >= work.target() => "yes".into(),
                    Some(_) => "no".into(),
                    None => "-".into(),
                },
            ]);
        }
        table
    }

    /// One row for each contender.
    fn details(&self) -> Table {
        let mut table = table(&[
            "work",
            "program",
            "threads",
            "median, s",
            "range, s",
            "over ours",
            "peak, GB",
            "check",
        ]);
        for comparison in &self.comparisons {
            for one in &comparison.contenders {
                let ratio = comparison.ratio(one);
                table.add_row([
                    comparison.work.to_string(),
                    one.name.clone(),
                    one.threads.clone(),
                    median(Some(one)),
                    range(one.seconds()),
                    ratio.map_or("-".into(), |ratio| format!("{:.2}", ratio.median)),
                    one.peak()
                        .map_or("-".into(), |bytes| format!("{:.2}", bytes / 1e9)),
                    check(comparison.work, one),
                ]);
            }
        }
        table
    }

    fn write_products(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = gemm::SIZE;
        let peak = giga(self.peaks.ours);
        write!(
            f,
            "Products of {size} x {size} matrices in single precision: faer {peak} GFLOP/s"
        )?;
        match &self.peaks.openblas {
            Ok(peak) => writeln!(f, ", OpenBLAS {} GFLOP/s.\n", giga(*peak))?,
            Err(fault) => writeln!(f, "; OpenBLAS not measured: {fault}.\n")?,
        }
        for comparison in &self.comparisons {
            self.write_share(f, comparison)?;
        }
        Ok(())
    }

    /// The rate of the products in a deep machine's epoch, as a share of the peak.
    fn write_share(&self, f: &mut fmt::Formatter<'_>, comparison: &Comparison) -> fmt::Result {
        let work = comparison.work;
        if work != Work::Dbm500x1000 {
            return Ok(()); // smaller products are bound by other things
        }
        let Some(operations) = gemm::epoch_operations(work, VISIBLE, self.rows) else {
            return Ok(());
        };
        let fastest = comparison.fastest_peer();
        for one in comparison.ours().into_iter().chain(fastest) {
            let Some(seconds) = one.seconds() else {
                continue;
            };
            let rate = operations / seconds.median;
            writeln!(
                f,
                "- {work}, {}: {} GFLOP of products, {} GFLOP/s, {:.0} % of {}'s",
                one.label(),
                giga(operations),
                giga(rate),
                100.0 * rate / self.peaks.reference(),
                self.peaks.reference_name(),
            )?;
        }
        Ok(())
    }

    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for comparison in &self.comparisons {
            let work = comparison.work;
            for one in &comparison.contenders {
                if let Some(fault) = &one.fault {
                    writeln!(f, "- {work}: {} NOT MEASURED: {fault}", one.label())?;
                }
                if let Some(note) = one.measured.last().and_then(|turn| turn.note.as_ref()) {
                    writeln!(f, "- {work}, {}: {note}.", one.label())?;
                }
            }
            let round_trips: Vec<String> = comparison
                .round_trips
                .iter()
                .map(|nanoseconds| format!("{nanoseconds:.0}"))
                .collect();
            if !round_trips.is_empty() {
                let round_trips = round_trips.join(", ");
                writeln!(
                    f,
                    "- {work}: ns from core to core and back, at the start of each round: {round_trips}."
                )?;
            }
            if let Some(ours) = comparison.ours() {
                for (peer, distance) in distances(comparison, ours) {
                    let (check, peer) = (work.check(), peer.label());
                    writeln!(
                        f,
                        "- {work}: {check} of ours and of {peer} are {distance:.1} standard errors apart."
                    )?;
                }
            }
        }
        Ok(())
    }

    /// The versions of all software.
    fn versions(&self) -> String {
        let contenders = self.comparisons.iter().flat_map(|all| &all.contenders);
        let versions = contenders
            .flat_map(|one| one.measured.last())
            .flat_map(|turn| &turn.versions);
        let versions: BTreeSet<&str> = versions.map(String::as_str).collect();
        versions.into_iter().collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            machine,
            rows,
            repetitions,
            ..
        } = self;
        writeln!(f, "# linfa-fisher and its peers\n")?;
        writeln!(f, "- {machine}")?;
        writeln!(f, "- {}", self.versions())?;
        writeln!(f, "- MNIST, images: {rows}; rounds: {repetitions}\n")?;
        writeln!(f, "{}\n", self.summary())?;
        writeln!(f, "{}\n", self.details())?;
        self.write_products(f)?;
        self.write_notes(f)
    }
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    table
}

fn median(one: Option<&Contender>) -> String {
    let spread = one.and_then(Contender::seconds);
    spread.map_or("-".into(), |spread| format!("{:.3}", spread.median))
}

fn range(spread: Option<Spread>) -> String {
    spread.map_or("-".into(), |spread| {
        format!("{:.3} to {:.3}", spread.least, spread.most)
    })
}

fn check(work: Work, one: &Contender) -> String {
    let Some(Check {
        value,
        standard_error,
    }) = one.measured.last().map(|turn| turn.check)
    else {
        return "-".into();
    };
    let error = standard_error.map_or(String::new(), |error| format!(" +- {error:.3}"));
    format!("{} {value:.4}{error}", work.check())
}

/// The distance of each peer's figure from this crate's, in standard errors of their difference.
fn distances<'c>(
    comparison: &'c Comparison,
    ours: &'c Contender,
) -> impl Iterator<Item = (&'c Contender<'c>, f64)> {
    comparison.peers().filter_map(|peer| {
        let (ours, theirs) = (ours.measured.last()?.check, peer.measured.last()?.check);
        Some((peer, ours.distance(theirs)?))
    })
}

fn giga(number: f64) -> String {
    format!("{:.0}", number / 1e9)
}
