//! What tests of bad input ask of an error.

/// Asserts the variant of a failure and that its message holds the named values.
macro_rules! assert_fault {
    ($result:expr, $variant:pat, $($named:expr),+) => {
        let error = $result.map(drop).unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, $variant), "{error:?}");
        $(assert!(message.contains($named), "`{message}` does not name {}", $named);)+
    };
}
pub(crate) use assert_fault;
