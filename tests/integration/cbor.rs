//! Models through CBOR, a binary format.

use serde_crate::Serialize;
#[cfg(feature = "datasets")]
use serde_crate::de::DeserializeOwned;

/// What is written of a model.
pub(crate) fn to_cbor<T: Serialize>(model: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(model, &mut bytes).unwrap();
    bytes
}

/// What is read of what was written.
#[cfg(feature = "datasets")]
pub(crate) fn through_cbor<T: Serialize + DeserializeOwned>(model: &T) -> T {
    ciborium::from_reader(to_cbor(model).as_slice()).unwrap()
}
