//! One field of a line: the number that it holds, and its start for error messages.

/// Number of characters of a faulty field that an error repeats.
const EXCERPT: usize = 32;

/// The start of a field, for an error message.
pub(super) fn excerpt(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(&field[..field.len().min(4 * EXCERPT)]);
    text.chars().take(EXCERPT).collect()
}

/// The number that a field holds, which may be infinite or NaN; `None` when it holds no number.
pub(super) fn number(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}
