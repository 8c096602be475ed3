//! The drawing of curves.

use std::fmt::{self, Display, Formatter};

use super::curve::{Curve, Labels};
use crate::report::plot::fraction::fraction;
use crate::report::plot::ticks::ticks;

/// The rectangle that the curves fill.
pub(super) const LEFT: f64 = 80.0;
pub(super) const TOP: f64 = 40.0;
pub(super) const WIDTH: f64 = 480.0;
pub(super) const HEIGHT: f64 = 300.0;
/// Below the rectangle, for the numbers and the name of the axis.
const BOTTOM: f64 = 50.0;

/// Colours that the colour-blind can tell apart (Okabe and Ito 2008), one a curve, over and over.
const COLOURS: [&str; 6] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
];

/// The least and the greatest value along one direction.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone) -> Self {
        Self {
            low: values.clone().fold(f64::INFINITY, f64::min),
            high: values.fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

/// Checked curves with their axes; displayed as SVG.
pub(super) struct Chart<'a> {
    labels: &'a Labels,
    curves: &'a [Curve],
    x: Axis,
    y: Axis,
}

impl<'a> Chart<'a> {
    pub(super) fn new(labels: &'a Labels, curves: &'a [Curve]) -> Self {
        let points = || curves.iter().flat_map(|curve| &curve.points);
        Self {
            labels,
            curves,
            x: Axis::over(points().map(|&(x, _)| x)),
            y: Axis::over(points().map(|&(_, y)| y)),
        }
    }

    fn column(&self, x: f64) -> f64 {
        LEFT + WIDTH * fraction(x, self.x.low, self.x.high)
    }

    fn row(&self, y: f64) -> f64 {
        TOP + HEIGHT * fraction(y, self.y.high, self.y.low)
    }

    fn frame(&self, f: &mut Formatter) -> fmt::Result {
        let names = self.curves.iter().map(|curve| &curve.name);
        let longest = names.map(|name| name.chars().count()).max();
        let width = LEFT + WIDTH + 50.0 + 8.0 * longest.unwrap_or(0) as f64;
        let height = TOP + HEIGHT + BOTTOM;
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">"#
        )?;
        writeln!(f, r#"<rect width="100%" height="100%" fill="white"/>"#)?;
        writeln!(
            f,
            r#"<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="black"/>"#
        )
    }

    fn labels(&self, f: &mut Formatter) -> fmt::Result {
        let middle = (LEFT + WIDTH / 2.0, TOP + HEIGHT / 2.0);
        let Labels { title, x, y } = self.labels;
        text(
            f,
            (middle.0, TOP - 16.0),
            r#"text-anchor="middle" font-size="14""#,
            title,
        )?;
        let below = (middle.0, TOP + HEIGHT + 40.0);
        text(f, below, r#"text-anchor="middle""#, x)?;
        let turned = format!(
            r#"text-anchor="middle" transform="rotate(-90 16 {})""#,
            middle.1
        );
        text(f, (16.0, middle.1), &turned, y)
    }

    fn ticks(&self, f: &mut Formatter) -> fmt::Result {
        let grid = r##"stroke="#dddddd""##;
        for tick in ticks(self.x.low, self.x.high) {
            let (x, bottom) = (self.column(tick.value), TOP + HEIGHT);
            writeln!(f, r#"<path d="M{x:.2} {TOP}V{bottom}" {grid}/>"#)?;
            text(
                f,
                (x, bottom + 18.0),
                r#"text-anchor="middle""#,
                &tick.label,
            )?;
        }
        for tick in ticks(self.y.low, self.y.high) {
            let (y, right) = (self.row(tick.value), LEFT + WIDTH);
            writeln!(f, r#"<path d="M{LEFT} {y:.2}H{right}" {grid}/>"#)?;
            text(
                f,
                (LEFT - 8.0, y + 4.0),
                r#"text-anchor="end""#,
                &tick.label,
            )?;
        }
        Ok(())
    }

    fn curve(&self, f: &mut Formatter, index: usize, curve: &Curve) -> fmt::Result {
        let colour = COLOURS[index % COLOURS.len()];
        let mut last = (LEFT, TOP);
        write!(
            f,
            r#"<polyline fill="none" stroke="{colour}" stroke-width="2" points=""#
        )?;
        for &(x, y) in &curve.points {
            last = (self.column(x), self.row(y));
            write!(f, "{:.2},{:.2} ", last.0, last.1)?;
        }
        writeln!(f, r#""/>"#)?;
        writeln!(
            f,
            r#"<circle cx="{:.2}" cy="{:.2}" r="3" fill="{colour}"/>"#,
            last.0, last.1
        )?;
        self.legend(f, index, colour, &curve.name)
    }

    fn legend(&self, f: &mut Formatter, index: usize, colour: &str, name: &str) -> fmt::Result {
        let (x, y) = (LEFT + WIDTH + 12.0, TOP + 10.0 + 18.0 * index as f64);
        writeln!(
            f,
            r#"<path d="M{x} {y}h20" stroke="{colour}" stroke-width="2"/>"#
        )?;
        text(f, (x + 26.0, y + 4.0), "", name)
    }
}

impl Display for Chart<'_> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        self.frame(f)?;
        self.labels(f)?;
        self.ticks(f)?;
        for (index, curve) in self.curves.iter().enumerate() {
            self.curve(f, index, curve)?;
        }
        writeln!(f, "</svg>")
    }
}

fn text(f: &mut Formatter, (x, y): (f64, f64), style: &str, content: &str) -> fmt::Result {
    writeln!(
        f,
        r#"<text x="{x:.2}" y="{y:.2}" {style}>{}</text>"#,
        Escaped(content)
    )
}

/// Text as it may stand in XML.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '&' => f.write_str("&amp;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => f.write_str(" "),
            c => write!(f, "{c}"),
        })
    }
}
