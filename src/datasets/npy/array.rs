//! One array in NumPy's format, read where it lies in memory:
//!
//! ```text
//! 0  "\x93NUMPY", version (2 bytes), length of the header (2 bytes, from version 2 on 4)
//!    the header: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 28, 28), }
//!    the values
//! ```
//!
//! Source: NumPy's `numpy.lib.format`. A parser of Python's literals, as others use for the header,
//! takes time and memory that a short file can make as great as it likes.

use super::error::NpyError;

/// How every file starts.
const MAGIC: &[u8] = b"\x93NUMPY";
/// Length of the longest header that NumPy reads by itself.
const LONGEST_HEADER: usize = 10_000;
/// Characters of a faulty header that an error repeats.
const EXCERPT: usize = 64;

/// An array of numbers.
#[derive(Debug)]
pub(super) struct Numbers<'a> {
    dims: Vec<usize>,
    element: Element,
    /// Whether the first dimension is the fastest in memory, not the last.
    fortran: bool,
    data: &'a [u8],
}

/// The type of the elements.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Element {
    kind: Kind,
    bytes: usize,
    big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Boolean,
    Unsigned,
    Signed,
    Float,
}

impl<'a> Numbers<'a> {
    /// The array that the bytes of a file hold.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, NpyError> {
        let (header, data) = split(bytes).ok_or_else(|| format_fault("no header of an array"))?;
        let fault = || format_fault(header.chars().take(EXCERPT).collect::<String>());
        let element = Element::of(field(header, "descr").ok_or_else(fault)?)?;
        let order = field(header, "fortran_order").ok_or_else(fault)?;
        let dims = field(header, "shape").and_then(dims).ok_or_else(fault)?;
        let claimed = dims
            .iter()
            .try_fold(element.bytes, |n, &dim| n.checked_mul(dim));
        if claimed != Some(data.len()) {
            let found = format!("{} bytes of values for the shape {dims:?}", data.len());
            return Err(format_fault(found));
        }
        Ok(Self {
            dims,
            element,
            fortran: order.starts_with("True"),
            data,
        })
    }

    /// The lengths of the dimensions.
    pub(super) fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The values that background and full ink usually have in such arrays.
    pub(super) fn usual_range(&self) -> (f64, f64) {
        match self.element.kind {
            Kind::Unsigned | Kind::Signed => (0.0, 255.0),
            Kind::Boolean | Kind::Float => (0.0, 1.0),
        }
    }

    /// The values, the last dimension fastest.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        let bytes = self.element.bytes;
        let value = move |index| {
            self.element
                .value(&self.data[self.place(index) * bytes..][..bytes])
        };
        (0..self.data.len() / bytes).map(value)
    }

    /// Where the value with an index lies in memory, counted in values.
    fn place(&self, index: usize) -> usize {
        if !self.fortran {
            return index;
        }
        let (mut rest, mut place) = (index, 0);
        for (axis, &dim) in self.dims.iter().enumerate().rev() {
            place += rest % dim * self.dims[..axis].iter().product::<usize>();
            rest /= dim;
        }
        place
    }
}

impl Element {
    /// The type that a description such as `'<f4'` names.
    fn of(description: &str) -> Result<Self, NpyError> {
        let text = description.strip_prefix(['\'', '"']).unwrap_or_default();
        let text = text.split(['\'', '"']).next().unwrap_or_default();
        let (big_endian, code) = match text.strip_prefix(['<', '|', '=']) {
            Some(code) => (false, code),
            None => (true, text.strip_prefix('>').unwrap_or_default()),
        };
        let (kind, bytes) = match code {
            "b1" => (Kind::Boolean, 1),
            "u1" => (Kind::Unsigned, 1),
            "u2" => (Kind::Unsigned, 2),
            "u4" => (Kind::Unsigned, 4),
            "u8" => (Kind::Unsigned, 8),
            "i1" => (Kind::Signed, 1),
            "i2" => (Kind::Signed, 2),
            "i4" => (Kind::Signed, 4),
            "i8" => (Kind::Signed, 8),
            "f4" => (Kind::Float, 4),
            "f8" => (Kind::Float, 8),
            _ => {
                let found = description.chars().take(EXCERPT).collect();
                return Err(NpyError::Element { found });
            }
        };
        Ok(Self {
            kind,
            bytes,
            big_endian,
        })
    }

    /// The number that these bytes hold; integers beyond 2^53 are rounded.
    fn value(self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        if self.big_endian {
            word[..bytes.len()].reverse();
        }
        let bits = u64::from_le_bytes(word);
        let unused = 64 - 8 * bytes.len();
        match (self.kind, bytes.len()) {
            (Kind::Boolean, _) => f64::from(u8::from(bits != 0)),
            (Kind::Unsigned, _) => bits as f64,
            (Kind::Signed, _) => ((bits << unused) as i64 >> unused) as f64,
            (Kind::Float, 4) => f64::from(f32::from_bits(bits as u32)),
            (Kind::Float, _) => f64::from_bits(bits),
        }
    }
}

/// The header and the values of a file.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (&[version, _], rest) = rest.split_first_chunk()?;
    let (length, rest) = match version {
        1 => {
            let (&length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_le_bytes(length)), rest)
        }
        _ => {
            let (&length, rest) = rest.split_first_chunk()?;
            (usize::try_from(u32::from_le_bytes(length)).ok()?, rest)
        }
    };
    let (header, values) = rest.split_at_checked(length)?;
    let header = (length <= LONGEST_HEADER).then_some(header)?;
    Some((std::str::from_utf8(header).ok()?, values))
}

/// The text that follows a key of the header.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(key)?;
    let rest = rest.strip_prefix(['\'', '"'])?.trim_start();
    Some(rest.strip_prefix(':')?.trim_start())
}

/// The lengths in a tuple such as `(3, 28, 28)`.
fn dims(text: &str) -> Option<Vec<usize>> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    let lengths = inside.trim_end().trim_end_matches(',').split(',');
    match inside.trim() {
        "" => Some(Vec::new()),
        _ => lengths.map(|length| length.trim().parse().ok()).collect(),
    }
}

fn format_fault(found: impl Into<String>) -> NpyError {
    let found = found.into();
    NpyError::Format { found }
}
