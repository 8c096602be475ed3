//! An array of numbers as it lies in memory.

use std::borrow::Cow;

/// An array of numbers.
#[derive(Debug)]
pub(in crate::datasets) struct Numbers<'a> {
    dims: Vec<usize>,
    element: Element,
    /// Whether the first dimension is the fastest in memory, not the last.
    fortran: bool,
    data: Cow<'a, [u8]>,
}

/// The type of the elements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::datasets) struct Element {
    pub(in crate::datasets) kind: Kind,
    /// 1, 2, 4 or 8; 4 or 8 for floats.
    pub(in crate::datasets) bytes: usize,
    pub(in crate::datasets) big_endian: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::datasets) enum Kind {
    Boolean,
    Unsigned,
    Signed,
    Float,
}

impl<'a> Numbers<'a> {
    /// An array whose last dimension is the fastest in memory; `None` if the bytes are not those of
    /// its values.
    pub(in crate::datasets) fn new(
        dims: Vec<usize>,
        element: Element,
        data: impl Into<Cow<'a, [u8]>>,
    ) -> Option<Self> {
        let data = data.into();
        let mut lengths = dims.iter();
        let claimed = lengths.try_fold(element.bytes, |n, &dim| n.checked_mul(dim));
        (claimed == Some(data.len())).then_some(Self {
            dims,
            element,
            fortran: false,
            data,
        })
    }

    /// Sets whether the first dimension is the fastest in memory.
    #[cfg(feature = "npy")]
    pub(in crate::datasets) fn fortran(mut self, fortran: bool) -> Self {
        self.fortran = fortran;
        self
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
    pub(in crate::datasets) fn values(&self) -> impl Iterator<Item = f64> {
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
