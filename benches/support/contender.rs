//! The programs that are compared, and their turns.

use super::Fault;
use super::exchange::round_trip;
use super::spread::Spread;
use super::work::Work;

/// The result of a turn.
#[derive(Debug, Clone)]
pub(crate) struct Measurement {
    /// Seconds of the last repetition; those before warm up.
    pub(crate) seconds: f64,
    /// A figure that shows that the work was done, see [`Work::check`].
    pub(crate) check: Check,
    /// Versions of the software.
    pub(crate) versions: Vec<String>,
    /// A remark for the report.
    pub(crate) note: Option<String>,
    /// Bytes of the largest resident set, where it is compared.
    pub(crate) peak: Option<f64>,
}

impl Measurement {
    /// One of this crate.
    pub(crate) fn ours(seconds: f64, check: Check, note: Option<String>) -> Self {
        Self {
            seconds,
            check,
            versions: vec![format!("linfa-fisher {}", env!("CARGO_PKG_VERSION"))],
            note,
            peak: None,
        }
    }

    pub(crate) fn with_peak(self, peak: Option<f64>) -> Self {
        Self { peak, ..self }
    }
}

/// A figure that all contenders should agree on, and its standard error if it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Check {
    pub(crate) value: f64,
    pub(crate) standard_error: Option<f64>,
}

impl Check {
    /// A mean over some images; NaN without images.
    pub(crate) fn mean(mean: Option<f32>) -> Self {
        Self {
            value: mean.map_or(f64::NAN, f64::from),
            standard_error: None,
        }
    }

    /// The distance to another figure in standard errors of their difference, if both have one.
    pub(crate) fn distance(self, other: Self) -> Option<f64> {
        let error = self.standard_error?.hypot(other.standard_error?);
        Some((self.value - other.value).abs() / error)
    }
}

/// Measures the work once, after a warm-up.
pub(crate) type Turn<'a> = Box<dyn FnMut() -> Result<Measurement, Fault> + 'a>;

/// A program with one setting of its threads.
pub(crate) struct Contender<'a> {
    pub(crate) name: String,
    pub(crate) threads: String,
    pub(crate) is_ours: bool,
    pub(crate) turn: Turn<'a>,
    pub(crate) measured: Vec<Measurement>,
    /// Why it is no longer measured.
    pub(crate) fault: Option<String>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(name: &str, threads: String, turn: Turn<'a>) -> Self {
        Self {
            name: name.into(),
            threads,
            is_ours: false,
            turn,
            measured: Vec::new(),
            fault: None,
        }
    }

    /// Bytes of the largest resident set of all turns, where it is compared.
    pub(crate) fn peak(&self) -> Option<f64> {
        let peaks = self.measured.iter().filter_map(|turn| turn.peak);
        peaks.reduce(f64::max)
    }

    pub(crate) fn seconds(&self) -> Option<Spread> {
        Spread::of(self.measured.iter().map(|turn| turn.seconds))
    }

    /// The name and the threads.
    pub(crate) fn label(&self) -> String {
        format!("{} ({})", self.name, self.threads)
    }

    fn take_turn(&mut self) {
        match (self.turn)() {
            Ok(measurement) => {
                eprintln!("    {}: {:.3} s", self.label(), measurement.seconds);
                self.measured.push(measurement);
            }
            Err(fault) => {
                eprintln!("    {}: NOT MEASURED: {fault}", self.label());
                self.measured.clear();
                self.fault = Some(fault.to_string());
            }
        }
    }
}

/// Gives every contender a turn in every round, and returns the [`round_trip`] at each round's
/// start. A contender that fails has no further turns.
pub(crate) fn compare(contenders: &mut [Contender], repetitions: u16) -> Vec<f64> {
    let mut round_trips = Vec::new();
    for round in 1..=repetitions {
        eprintln!("  round {round} of {repetitions}");
        round_trips.extend(round_trip());
        let able = contenders.iter_mut().filter(|one| one.fault.is_none());
        able.for_each(Contender::take_turn);
    }
    round_trips
}

/// A piece of work and its contenders, of which this crate is the first.
pub(crate) struct Comparison<'a> {
    pub(crate) work: Work,
    pub(crate) contenders: Vec<Contender<'a>>,
    /// Nanoseconds of a [`round_trip`] between two cores, at the start of each round.
    pub(crate) round_trips: Vec<f64>,
}

impl<'a> Comparison<'a> {
    /// This crate, if it was measured.
    pub(crate) fn ours(&self) -> Option<&Contender<'a>> {
        self.contenders
            .iter()
            .find(|one| one.is_ours && !one.measured.is_empty())
    }

    /// The peers that were measured.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &Contender<'a>> {
        let measured = |one: &&Contender| !one.is_ours && !one.measured.is_empty();
        self.contenders.iter().filter(measured)
    }

    /// The peer and setting of the smallest median.
    pub(crate) fn fastest_peer(&self) -> Option<&Contender<'a>> {
        let median = |one: &Contender| one.seconds().map_or(f64::INFINITY, |spread| spread.median);
        self.peers()
            .min_by(|one, other| median(one).total_cmp(&median(other)))
    }

    /// A contender's median time over this crate's; the range is that of single rounds.
    pub(crate) fn ratio(&self, other: &Contender) -> Option<Spread> {
        let ours = self.ours()?;
        let rounds = other.measured.iter().zip(&ours.measured);
        let ratios = Spread::of(rounds.map(|(other, ours)| other.seconds / ours.seconds))?;
        let median = other.seconds()?.median / ours.seconds()?.median;
        Some(Spread { median, ..ratios })
    }
}
