//! Charts as places in a drawing, which the template of the page draws.
//!
//! A drawing is 340 units wide, as a telephone is: there a unit is a pixel and all text is as
//! large as elsewhere on the page. Colours are the style sheet's.

mod axis;
mod ranks;
mod square;
mod strip;

pub(super) use self::ranks::RankChart;
pub(super) use self::square::SquareChart;
pub(super) use self::strip::StripChart;

/// Width of all drawings.
const WIDTH: f64 = 340.0;

/// A place in a drawing, to a tenth of a unit.
fn px(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// The first characters of a name, as many as a line has room for.
fn shortened(name: &str) -> String {
    const MOST: usize = 46;
    match name.chars().count() {
        ..=MOST => name.to_owned(),
        _ => name.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened() {
        assert_eq!(shortened("short"), "short");
        let long = "ä".repeat(50);
        assert_eq!(shortened(&long).chars().count(), 46);
        assert!(shortened(&long).ends_with('…'));
    }
}
