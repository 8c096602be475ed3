//! Arrays beside the type of their numbers.

use std::borrow::Cow;

use ndarray::{ArrayBase, RawData};
use serde_crate::{Deserialize, Serialize, Serializer};

use super::error::PersistenceError;
use crate::Result;

/// Arrays as they stand in a file, where the name of their element type comes first: most formats
/// would read numbers of `f64` as `f32` without a word.
#[derive(Serialize, Deserialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Typed<A> {
    element: Cow<'static, str>,
    arrays: A,
}

impl<A: Elements> Typed<A> {
    /// The arrays, if their numbers are of the type that was saved.
    pub(crate) fn into_arrays(self) -> Result<A> {
        let expected = element::<A>();
        match self.element == expected {
            true => Ok(self.arrays),
            false => {
                let found = self.element.into_owned();
                Err(PersistenceError::ElementType { found, expected }.into())
            }
        }
    }
}

/// Writes arrays as [`Typed`] ones.
pub(crate) fn typed<A: Elements + Serialize, S: Serializer>(
    arrays: &A,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    let element = Cow::from(element::<A>());
    Typed { element, arrays }.serialize(serializer)
}

/// An array of floating-point numbers, or a list of such arrays.
pub(crate) trait Elements {
    /// `f32` or `f64`.
    type Element;
}

impl<S: RawData, D> Elements for ArrayBase<S, D> {
    type Element = S::Elem;
}

impl<A: Elements> Elements for Vec<A> {
    type Element = A::Element;
}

/// The name of the element type.
fn element<A: Elements>() -> &'static str {
    match size_of::<A::Element>() {
        4 => "f32",
        _ => "f64",
    }
}
