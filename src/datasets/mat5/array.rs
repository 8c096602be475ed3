//! Numeric, character and cell arrays.

use super::element::{Element, Elements, kind};
use super::error::MatError;
use super::values::{decode, read_real, read_text, wrong_length};

/// Greatest depth of cell arrays within cell arrays.
const MAX_DEPTH: usize = 16;
/// Product of dimensions that no array in memory reaches.
const MAX_ELEMENTS: usize = 1 << (usize::BITS - 16);
/// Greatest number of arrays of a file, cells included: an empty array takes up 8 bytes in the file
/// and ten times as many in memory.
const MAX_ARRAYS: usize = 1 << 16;
/// Class of the objects that have no dimensions.
const OPAQUE: u8 = 17;
/// The bit of the array flags that announces imaginary parts.
const COMPLEX: u8 = 8;

/// An array of a MAT-file, in MATLAB's column-major order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MatArray {
    /// Numbers of any numeric or logical class. Integers beyond 2^53 are rounded, imaginary parts
    /// are left out.
    Numeric {
        /// Dimensions; at least two.
        dims: Vec<usize>,
        /// As many values as the product of the dimensions.
        values: Vec<f64>,
    },
    /// Characters.
    Char {
        /// Dimensions; at least two.
        dims: Vec<usize>,
        /// The characters in stored order; code units that are not a character become U+FFFD.
        text: String,
    },
    /// Arrays of any kind.
    Cell {
        /// Dimensions; at least two.
        dims: Vec<usize>,
        /// As many arrays as the product of the dimensions.
        cells: Vec<MatArray>,
    },
    /// An array of a class that is not read: structures, objects, sparse matrices, functions.
    Other {
        /// MATLAB's number of the class.
        class: u8,
    },
}

impl MatArray {
    /// Kind and size in words, as in "20x16 numeric array".
    pub fn describe(&self) -> String {
        let (dims, kind) = match self {
            Self::Numeric { dims, .. } => (dims, "numeric"),
            Self::Char { dims, .. } => (dims, "character"),
            Self::Cell { dims, .. } => (dims, "cell"),
            Self::Other { class } => return format!("array of class {class}"),
        };
        let sizes: Vec<String> = dims.iter().take(8).map(usize::to_string).collect();
        format!("{} {kind} array", sizes.join("x"))
    }
}

/// Reads arrays and counts them.
#[derive(Debug, Default)]
pub(super) struct Arrays {
    count: usize,
}

impl Arrays {
    /// Name and array of the miMATRIX element `matrix`, which is one of `elements`.
    pub(super) fn read<'a>(
        &mut self,
        elements: &Elements<'a>,
        matrix: &Element<'a>,
        depth: usize,
    ) -> Result<(String, MatArray), MatError> {
        let mut parts = elements.inside(matrix);
        self.check(matrix, depth, parts.inflated())?;
        if parts.is_empty() {
            return Ok((String::new(), empty()));
        }
        let (class, complex) = read_class(&mut parts)?;
        if !matches!(class, 1 | 4 | 6..=15) {
            let name = read_name_of_other(class, &mut parts);
            return Ok((name.unwrap_or_default(), MatArray::Other { class }));
        }
        let (dims, count) = read_dims(&mut parts)?;
        let name = read_name(&mut parts)?;
        let array = match class {
            1 => MatArray::Cell {
                dims,
                cells: self.read_cells(&mut parts, count, depth)?,
            },
            4 => MatArray::Char {
                dims,
                text: read_text(&mut parts, count)?,
            },
            _ => MatArray::Numeric {
                dims,
                values: read_real(&mut parts, count, complex)?,
            },
        };
        parts.expect_end()?;
        Ok((name, array))
    }

    /// Checks that one more array is not too many and not nested too deep.
    fn check(
        &mut self,
        matrix: &Element<'_>,
        depth: usize,
        inflated: bool,
    ) -> Result<(), MatError> {
        let offset = matrix.offset;
        self.count += 1;
        if self.count > MAX_ARRAYS {
            let limit = MAX_ARRAYS;
            return Err(MatError::Arrays {
                offset,
                limit,
                inflated,
            });
        }
        if depth > MAX_DEPTH && !matrix.data.is_empty() {
            let limit = MAX_DEPTH;
            return Err(MatError::Depth {
                offset,
                limit,
                inflated,
            });
        }
        Ok(())
    }

    /// `count` arrays. The vector grows by arrays that were read, not by the claimed count.
    fn read_cells(
        &mut self,
        parts: &mut Elements<'_>,
        count: usize,
        depth: usize,
    ) -> Result<Vec<MatArray>, MatError> {
        let mut cells = Vec::new();
        for _ in 0..count {
            let cell = parts.expect(&[kind::MATRIX], "an array (14)")?;
            cells.push(self.read(parts, &cell, depth + 1)?.1);
        }
        Ok(cells)
    }
}

/// What an element without content stands for: the matrix `[]`.
fn empty() -> MatArray {
    MatArray::Numeric {
        dims: vec![0, 0],
        values: Vec::new(),
    }
}

/// Class of the array, the lowest byte of the array flags, and whether it has imaginary parts.
fn read_class(parts: &mut Elements<'_>) -> Result<(u8, bool), MatError> {
    let flags = parts.expect(&[kind::UINT32], "array flags (6)")?;
    let Ok(bytes) = <[u8; 8]>::try_from(flags.data) else {
        return Err(wrong_length(&flags, 8, parts));
    };
    let word = [bytes[0], bytes[1], bytes[2], bytes[3]];
    let [class, flags, ..] = parts.endian().to_little(word);
    Ok((class, flags & COMPLEX != 0))
}

/// Name of an array.
fn read_name(parts: &mut Elements<'_>) -> Result<String, MatError> {
    let name = parts.expect(
        &[kind::INT8, kind::UINT8, kind::UTF8],
        "a name (1, 2 or 16)",
    )?;
    Ok(String::from_utf8_lossy(name.data).into_owned())
}

/// Name of an array whose content is not read.
fn read_name_of_other(class: u8, parts: &mut Elements<'_>) -> Result<String, MatError> {
    if class != OPAQUE {
        read_dims(parts)?;
    }
    read_name(parts)
}

/// Dimensions and their product.
fn read_dims(parts: &mut Elements<'_>) -> Result<(Vec<usize>, usize), MatError> {
    let element = parts.expect(&[kind::INT32], "dimensions (5)")?;
    let signed = decode(element.data, parts.endian(), i32::from_le_bytes);
    let sizes: Result<Vec<usize>, _> = signed.iter().map(|&d| usize::try_from(d)).collect();
    let count = sizes.as_ref().ok().and_then(|sizes| checked_product(sizes));
    match (sizes, count) {
        (Ok(sizes), Some(count)) if sizes.len() >= 2 => Ok((sizes, count)),
        _ => Err(MatError::Dimensions {
            offset: element.offset,
            found: signed.into_iter().take(8).collect(),
            inflated: parts.inflated(),
        }),
    }
}

fn checked_product(sizes: &[usize]) -> Option<usize> {
    let product = sizes.iter().try_fold(1_usize, |p, &d| p.checked_mul(d))?;
    (product < MAX_ELEMENTS).then_some(product)
}
