//! One array in NumPy's format, read where it lies in memory.

use ndarray::ArrayViewD;
use ndarray_npy::{ViewNpyError, ViewNpyExt};

use super::error::NpyError;

/// Alignment of every type of element.
const ALIGNMENT: usize = 16;
/// Greatest number of brackets in a header: that of a type of numbers has two.
const BRACKETS: usize = 8;

/// Bytes that start at a multiple of [`ALIGNMENT`], so that an array can be read where it lies.
pub(super) struct AlignedBytes {
    padded: Vec<u8>,
    start: usize,
}

impl AlignedBytes {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut padded: Vec<u8> = Vec::with_capacity(bytes.len() + ALIGNMENT);
        let start = padded.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
        padded.resize(start, 0);
        padded.extend_from_slice(bytes);
        Self { padded, start }
    }

    /// The array that the bytes hold.
    pub(super) fn array(&self) -> Result<Numbers<'_>, NpyError> {
        let bytes = &self.padded[self.start..];
        check_nesting(bytes)?;
        Numbers::view(bytes)
    }
}

/// Checks that the header is not nested so deep that it would exhaust the stack of its parser.
fn check_nesting(bytes: &[u8]) -> Result<(), NpyError> {
    let header = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let opens = |byte: &&u8| matches!(byte, b'(' | b'[' | b'{');
    match header.iter().filter(opens).nth(BRACKETS) {
        None => Ok(()),
        Some(_) => Err(NpyError::Format {
            found: format!("a header of more than {BRACKETS} brackets"),
        }),
    }
}

macro_rules! numbers {
    ($($kind:ident: $element:ty, $as_f64:expr, $range:expr;)*) => {
        /// An array of numbers of any type.
        pub(super) enum Numbers<'a> {
            $($kind(ArrayViewD<'a, $element>),)*
        }

        impl<'a> Numbers<'a> {
            fn view(bytes: &'a [u8]) -> Result<Self, NpyError> {
                let mut found = None;
                $(match ArrayViewD::<$element>::view_npy(bytes) {
                    Ok(view) => return Ok(Self::$kind(view)),
                    Err(ViewNpyError::WrongDescriptor(kind)) => {
                        found.get_or_insert(kind.to_string());
                    }
                    Err(ViewNpyError::NonNativeEndian) => {
                        found.get_or_insert("another byte order".into());
                    }
                    Err(error) => return Err(NpyError::Format { found: error.to_string() }),
                })*
                Err(NpyError::Element { found: found.unwrap_or_default() })
            }

            /// The lengths of the dimensions.
            pub(super) fn dims(&self) -> &[usize] {
                match self {
                    $(Self::$kind(view) => view.shape(),)*
                }
            }

            /// The values that background and full ink usually have in such arrays.
            pub(super) fn usual_range(&self) -> (f64, f64) {
                match self {
                    $(Self::$kind(_) => $range,)*
                }
            }

            /// Calls `f` with each value, the last dimension fastest, until it fails.
            pub(super) fn try_for_each(
                &self,
                mut f: impl FnMut(f64) -> Result<(), NpyError>,
            ) -> Result<(), NpyError> {
                match self {
                    $(Self::$kind(view) => view.iter().try_for_each(|&x| f($as_f64(x))),)*
                }
            }
        }
    };
}

const BYTES: (f64, f64) = (0.0, 255.0);
const UNIT: (f64, f64) = (0.0, 1.0);

numbers! {
    U8: u8, f64::from, BYTES;
    I8: i8, f64::from, BYTES;
    U16: u16, f64::from, BYTES;
    I16: i16, f64::from, BYTES;
    U32: u32, f64::from, BYTES;
    I32: i32, f64::from, BYTES;
    U64: u64, |x| x as f64, BYTES;
    I64: i64, |x| x as f64, BYTES;
    F32: f32, f64::from, UNIT;
    F64: f64, |x| x, UNIT;
    Bool: bool, |x| f64::from(u8::from(x)), UNIT;
}
