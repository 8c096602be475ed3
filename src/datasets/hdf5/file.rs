//! The arrays of an HDF5 file, by name.

use std::path::Path;

use hdf5_pure::{
    Datatype, DatatypeByteOrder, Error, File, FixedPointLayout, FloatingPointLayout, FormatError,
};

use super::bounds::{check_index, check_offsets, check_size};
use super::fault::format_fault;
use crate::datasets::arrays::{ArrayError, Element, Kind, Numbers};
use crate::datasets::error::DataError;
use crate::datasets::source::Source;

/// Names of arrays that an error lists.
const NAMES: usize = 10;
/// Characters of the description of a type that an error repeats.
const EXCERPT: usize = 64;

/// An HDF5 file in memory.
pub(in crate::datasets) struct Hdf5File {
    file: File,
    /// Length of the file.
    bytes: u64,
}

impl Hdf5File {
    /// Reads a file of at most `limit` bytes, plain or compressed.
    pub(in crate::datasets) fn open(path: &Path, limit: u64) -> Result<Self, DataError> {
        let bytes = Source::open_any_kind(path, limit)?.read_all()?;
        Self::of(bytes).map_err(|fault| DataError::array(path, fault))
    }

    /// The file that these bytes are.
    pub(super) fn of(bytes: Vec<u8>) -> Result<Self, ArrayError> {
        Ok(Self {
            bytes: bytes.len() as u64,
            file: File::from_bytes(bytes).map_err(format_fault)?,
        })
    }

    /// The numbers of the array with this path in the file.
    pub(super) fn numbers(&self, name: &str) -> Result<Numbers<'static>, ArrayError> {
        let dataset = self.file.dataset(name);
        let dataset = dataset.map_err(|error| self.no_dataset(error, name))?;
        let datatype = dataset.datatype().map_err(format_fault)?;
        let element = element(&datatype).ok_or_else(|| ArrayError::Element {
            found: datatype.to_string().chars().take(EXCERPT).collect(),
        })?;
        let lengths = dataset.shape().map_err(format_fault)?;
        let layout = dataset.layout().map_err(format_fault)?;
        check_size(&lengths, &layout, element.bytes as u64, self.bytes)?;
        check_index(&layout)?;
        if dataset.is_chunked() {
            let chunks = dataset.chunks().map_err(format_fault)?;
            check_offsets(&lengths, &chunks)?;
        }
        let data = dataset.read_raw().map_err(format_fault)?;
        let dims = lengths.iter().map(|&length| usize::try_from(length).ok());
        let numbers = dims.collect::<Option<_>>();
        let found = format!("{} bytes of values for the shape {lengths:?}", data.len());
        let numbers = numbers.and_then(|dims| Numbers::new(dims, element, data));
        numbers.ok_or_else(|| format_fault(found))
    }

    /// Why there is no array of a name.
    fn no_dataset(&self, error: Error, name: &str) -> ArrayError {
        let found = match error {
            Error::Format(FormatError::PathNotFound(_)) => self.names(),
            Error::NotADataset(_) | Error::NotAGroup(_) => self.names(),
            other => return format_fault(other),
        };
        ArrayError::Member {
            found,
            expected: name.to_string(),
        }
    }

    /// Names of arrays in the file and in its groups.
    fn names(&self) -> Vec<String> {
        let root = self.file.root();
        let groups = root.groups().unwrap_or_default().into_iter().take(NAMES);
        let below = groups.flat_map(|group| {
            let names = self.file.group(&group).and_then(|group| group.datasets());
            let names = names.unwrap_or_default().into_iter();
            names.map(move |name| format!("{group}/{name}"))
        });
        let names = root.datasets().unwrap_or_default().into_iter();
        names.chain(below).take(NAMES).collect()
    }
}

/// The type of elements, if it is one of the usual kinds; h5py stores booleans as an enumeration.
fn element(datatype: &Datatype) -> Option<Element> {
    let (kind, size, order) = match datatype {
        Datatype::FixedPoint {
            size,
            byte_order,
            layout,
        } => (integer(*layout, *size)?, *size, *byte_order),
        Datatype::FloatingPoint {
            size,
            byte_order,
            layout,
        } => (float(*layout, *size)?, *size, *byte_order),
        Datatype::Enumeration {
            base_type, members, ..
        } => {
            let names = members.iter().map(|member| member.name.as_str());
            let integer = names.eq(["FALSE", "TRUE"]).then(|| element(base_type))??;
            return (integer.bytes == 1).then_some(Element {
                kind: Kind::Boolean,
                ..integer
            });
        }
        _ => return None,
    };
    let big_endian = match order {
        DatatypeByteOrder::LittleEndian => false,
        DatatypeByteOrder::BigEndian => true,
        DatatypeByteOrder::Vax => return None,
    };
    Some(Element {
        kind,
        bytes: size as usize,
        big_endian,
    })
}

/// The kind of integers that fill 1, 2, 4 or 8 bytes.
fn integer(layout: FixedPointLayout, size: u32) -> Option<Kind> {
    let fills = matches!(size, 1 | 2 | 4 | 8)
        && layout.bit_offset == 0
        && u32::from(layout.bit_precision) == 8 * size;
    let kind = match layout.signed {
        true => Kind::Signed,
        false => Kind::Unsigned,
    };
    fills.then_some(kind)
}

/// The kind of floats of single or double precision.
fn float(layout: FloatingPointLayout, size: u32) -> Option<Kind> {
    let known = match size {
        4 => layout == FloatingPointLayout::IEEE754_BINARY32,
        8 => layout == FloatingPointLayout::IEEE754_BINARY64,
        _ => false,
    };
    known.then_some(Kind::Float)
}
