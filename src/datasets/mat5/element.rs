//! The tagged elements of which a MAT-file is a sequence.

use super::error::MatError;

/// Byte order of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endian {
    Little,
    Big,
}

impl Endian {
    /// The bytes in little-endian order.
    pub(super) fn to_little<const N: usize>(self, mut bytes: [u8; N]) -> [u8; N] {
        if self == Self::Big {
            bytes.reverse();
        }
        bytes
    }
}

/// Type codes of elements.
pub(super) mod kind {
    pub(crate) const INT8: u32 = 1;
    pub(crate) const UINT8: u32 = 2;
    pub(crate) const INT16: u32 = 3;
    pub(crate) const UINT16: u32 = 4;
    pub(crate) const INT32: u32 = 5;
    pub(crate) const UINT32: u32 = 6;
    pub(crate) const SINGLE: u32 = 7;
    pub(crate) const DOUBLE: u32 = 9;
    pub(crate) const INT64: u32 = 12;
    pub(crate) const UINT64: u32 = 13;
    pub(crate) const MATRIX: u32 = 14;
    pub(crate) const COMPRESSED: u32 = 15;
    pub(crate) const UTF8: u32 = 16;
    pub(crate) const UTF16: u32 = 17;
    pub(crate) const UTF32: u32 = 18;
}

/// One element: its type, its bytes and where it started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) kind: u32,
    pub(super) data: &'a [u8],
    pub(super) offset: usize,
    /// Offset of the data itself.
    pub(super) data_offset: usize,
}

/// Reads elements one after another from bytes that exist.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements<'a> {
    rest: &'a [u8],
    offset: usize,
    endian: Endian,
    inflated: bool,
}

impl<'a> Elements<'a> {
    /// The elements of `bytes`, whose first byte is at `offset`.
    pub(super) fn new(bytes: &'a [u8], offset: usize, endian: Endian, inflated: bool) -> Self {
        Self {
            rest: bytes,
            offset,
            endian,
            inflated,
        }
    }

    /// The elements inside another element of the same stream.
    pub(super) fn inside(&self, element: &Element<'a>) -> Self {
        Self::new(
            element.data,
            element.data_offset,
            self.endian,
            self.inflated,
        )
    }

    pub(super) fn endian(&self) -> Endian {
        self.endian
    }

    pub(super) fn inflated(&self) -> bool {
        self.inflated
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Checks that no bytes are left.
    pub(super) fn expect_end(&self) -> Result<(), MatError> {
        match self.rest.len() {
            0 => Ok(()),
            found => Err(MatError::Trailing {
                offset: self.offset,
                found,
                inflated: self.inflated,
            }),
        }
    }

    /// The next element; an error when the bytes end before it does.
    pub(super) fn next(&mut self) -> Result<Element<'a>, MatError> {
        let offset = self.offset;
        let tag = u32::from_le_bytes(self.take_word(offset, 0)?);
        let small_length = (tag >> 16) as usize;
        if small_length > 0 {
            return self.small(offset, tag & 0xffff, small_length);
        }
        let length = u32::from_le_bytes(self.take_word(offset, 4)?) as usize;
        let data_offset = self.offset;
        let data = self.take(offset, 8, length)?;
        if tag != kind::COMPRESSED {
            self.skip_padding(length);
        }
        Ok(Element {
            kind: tag,
            data,
            offset,
            data_offset,
        })
    }

    /// The next element, which must be one of `kinds`.
    pub(super) fn expect(
        &mut self,
        kinds: &[u32],
        expected: &'static str,
    ) -> Result<Element<'a>, MatError> {
        let element = self.next()?;
        if kinds.contains(&element.kind) {
            return Ok(element);
        }
        Err(MatError::ElementType {
            offset: element.offset,
            found: element.kind,
            expected,
            inflated: self.inflated,
        })
    }

    /// An element whose data, of 4 bytes at most, shares 8 bytes with its tag.
    fn small(&mut self, offset: usize, kind: u32, length: usize) -> Result<Element<'a>, MatError> {
        if length > 4 {
            return Err(MatError::Length {
                offset,
                found: length,
                expected: 4,
                inflated: self.inflated,
            });
        }
        let data_offset = self.offset;
        let word = self.take(offset, 4, 4)?;
        Ok(Element {
            kind,
            data: &word[..length],
            offset,
            data_offset,
        })
    }

    fn take_word(&mut self, offset: usize, before: usize) -> Result<[u8; 4], MatError> {
        let mut word = [0; 4];
        word.copy_from_slice(self.take(offset, before, 4)?);
        Ok(self.endian.to_little(word))
    }

    /// The next `length` bytes of the element at `offset`, of which `before` bytes were taken
    /// already.
    fn take(&mut self, offset: usize, before: usize, length: usize) -> Result<&'a [u8], MatError> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(MatError::Truncated {
                offset,
                needed: before.saturating_add(length),
                available: before.saturating_add(self.rest.len()),
                inflated: self.inflated,
            });
        };
        self.rest = rest;
        self.offset += length;
        Ok(taken)
    }

    /// Skips the padding: elements start at multiples of 8 bytes. The last element of a file may
    /// lack its padding.
    fn skip_padding(&mut self, length: usize) {
        let padding = (length.wrapping_neg() % 8).min(self.rest.len());
        self.rest = &self.rest[padding..];
        self.offset += padding;
    }
}
