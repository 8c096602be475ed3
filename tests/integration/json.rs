//! Models and statistics through JSON.

use serde_crate::Serialize;
use serde_crate::de::DeserializeOwned;
use serde_json::{Value, json};

/// What is read of what was written.
pub(crate) fn through_json<T: Serialize + DeserializeOwned>(model: &T) -> T {
    serde_json::from_str(&serde_json::to_string(model).unwrap()).unwrap()
}

/// The message of loading a `T` from the model's JSON with one value replaced.
pub(crate) fn fault<T: Serialize + DeserializeOwned>(
    model: &T,
    place: &str,
    value: Value,
) -> String {
    let mut file = serde_json::to_value(model).unwrap();
    let found = file.pointer_mut(place);
    *found.unwrap_or_else(|| panic!("nothing at {place}")) = value;
    match serde_json::from_value::<T>(file) {
        Ok(_) => panic!("{place} was not missed"),
        Err(error) => error.to_string(),
    }
}

/// A vector of one value in a file.
pub(crate) fn vector(length: usize, value: f64) -> Value {
    json!({"v": 1, "dim": [length], "data": vec![value; length]})
}

/// A matrix of one value in a file.
pub(crate) fn matrix(rows: usize, columns: usize, value: f64) -> Value {
    json!({"v": 1, "dim": [rows, columns], "data": vec![value; rows * columns]})
}
