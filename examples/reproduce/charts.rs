//! Charts, as SVG and as PNG from the same drawing.

use std::error::Error;
use std::ops::Range;
use std::sync::Once;

use linfa_fisher::report::plot::ImageGrid;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

/// A chart as SVG and PNG, or an image as PNG alone.
pub(crate) struct Picture {
    pub(crate) svg: Option<String>,
    pub(crate) png: Vec<u8>,
}

/// Points that are joined by a line, with a name for the legend.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// The axes of a chart of lines.
pub(crate) struct Axes<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
    pub(crate) log_x: bool,
    pub(crate) log_y: bool,
}

const FONT: &str = "sans-serif";

/// Okabe and Ito's colours, which readers with a colour-vision deficiency can tell apart, and three
/// more for sets of ten classes; their yellow, which is faint on white, comes last.
static COLOURS: [RGBColor; 11] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(120, 94, 40),
    RGBColor(90, 40, 140),
    RGBColor(0, 0, 0),
    RGBColor(150, 150, 150),
    RGBColor(240, 228, 66),
];

/// The colour of a class or of a line.
fn colour(of: usize) -> &'static RGBColor {
    &COLOURS[of % COLOURS.len()]
}

/// Something that draws itself in the same way as SVG and as pixels.
trait Chart {
    const SIZE: (u32, u32);

    fn draw<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>) -> Drawn;
}

type Drawn = Result<(), String>;

/// Lines with markers, and a legend beside them.
pub(crate) struct Lines<'a> {
    pub(crate) axes: Axes<'a>,
    pub(crate) series: Vec<Series>,
}

/// Points in the plane, each drawn as the name of its class.
pub(crate) struct Scatter<'a> {
    pub(crate) title: &'a str,
    pub(crate) points: &'a [(f64, f64)],
    pub(crate) classes: &'a [usize],
    pub(crate) names: &'a [String],
}

impl Lines<'_> {
    pub(crate) fn picture(&self) -> Result<Picture, Box<dyn Error>> {
        picture(self)
    }
}

impl Scatter<'_> {
    pub(crate) fn picture(&self) -> Result<Picture, Box<dyn Error>> {
        picture(self)
    }
}

impl Chart for Lines<'_> {
    const SIZE: (u32, u32) = (860, 460);

    fn draw<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>) -> Drawn {
        let all = || self.series.iter().flat_map(|series| &series.points);
        let x = bounds(all().map(|point| point.0), self.axes.log_x);
        let y = bounds(all().map(|point| point.1), self.axes.log_y);
        let left = Self::SIZE.0 - self.legend_width(root)?;
        let (root, legend) = root.split_horizontally(left);
        self.draw_legend(&legend)?;
        let wide = |range: &Range<f64>| range.end > 10.0 * range.start;
        let sparse = [self.axes.log_x && wide(&x), self.axes.log_y && wide(&y)];
        match (self.axes.log_x, self.axes.log_y) {
            (false, false) => self.draw_on(&root, x, y, sparse),
            (true, false) => self.draw_on(&root, x.log_scale(), y, sparse),
            (false, true) => self.draw_on(&root, x, y.log_scale(), sparse),
            (true, true) => self.draw_on(&root, x.log_scale(), y.log_scale(), sparse),
        }
    }
}

impl Lines<'_> {
    /// Where a name begins, right of its piece of line.
    const NAME: i32 = 24;

    /// Of the column right of the axes, in pixels.
    fn legend_width<DB: DrawingBackend>(
        &self,
        root: &DrawingArea<DB, Shift>,
    ) -> Result<u32, String> {
        let style = (FONT, 14).into_text_style(root);
        let mut widest = 0;
        for series in &self.series {
            let (width, _) = root
                .estimate_text_size(&series.name, &style)
                .map_err(text)?;
            widest = widest.max(width);
        }
        Ok(widest + 2 * Self::NAME as u32)
    }

    fn draw_legend<DB: DrawingBackend>(&self, column: &DrawingArea<DB, Shift>) -> Drawn {
        let style = (FONT, 14).into_text_style(column);
        for (i, series) in self.series.iter().enumerate() {
            let top = 50 + 20 * i as i32;
            let line = [(0, top + 6), (Self::NAME - 6, top + 6)];
            let line = PathElement::new(line, colour(i).stroke_width(3));
            column.draw(&line).map_err(text)?;
            let name = Text::new(&*series.name, (Self::NAME, top), style.clone());
            column.draw(&name).map_err(text)?;
        }
        Ok(())
    }

    /// Draws everything but the legend; whether the labels of x and of y are [`sparse`](label).
    fn draw_on<DB: DrawingBackend, X, Y>(
        &self,
        root: &DrawingArea<DB, Shift>,
        x: X,
        y: Y,
        sparse: [bool; 2],
    ) -> Drawn
    where
        X: AsRangedCoord<Value = f64>,
        Y: AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let mut chart = ChartBuilder::on(root)
            .caption(self.axes.title, (FONT, 20))
            .margin(14)
            .x_label_area_size(46)
            .y_label_area_size(70)
            .build_cartesian_2d(x, y)
            .map_err(text)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_desc(self.axes.x)
            .y_desc(self.axes.y)
            .axis_desc_style((FONT, 16))
            .label_style((FONT, 14))
            .x_label_formatter(&|x| label(*x, sparse[0]))
            .y_label_formatter(&|y| label(*y, sparse[1]))
            .draw()
            .map_err(text)?;
        for (i, series) in self.series.iter().enumerate() {
            let colour = colour(i);
            let line = LineSeries::new(series.points.iter().copied(), colour.stroke_width(2));
            chart.draw_series(line).map_err(text)?;
            let dots = series
                .points
                .iter()
                .map(|&point| Circle::new(point, 3, colour.filled()));
            chart.draw_series(dots).map_err(text)?;
        }
        Ok(())
    }
}

impl Chart for Scatter<'_> {
    const SIZE: (u32, u32) = (640, 640);

    fn draw<DB: DrawingBackend>(&self, root: &DrawingArea<DB, Shift>) -> Drawn {
        let x = bounds(self.points.iter().map(|point| point.0), false);
        let y = bounds(self.points.iter().map(|point| point.1), false);
        let mut chart = ChartBuilder::on(root)
            .caption(self.title, (FONT, 20))
            .margin(10)
            .build_cartesian_2d(x, y)
            .map_err(text)?;
        let marks = self
            .points
            .iter()
            .zip(self.classes)
            .map(|(&point, &class)| {
                let style = (FONT, 11).into_text_style(root).color(colour(class));
                Text::new(self.names[class].clone(), point, style)
            });
        chart.draw_series(marks).map_err(text)?;
        Ok(())
    }
}

/// Images in a grid.
pub(crate) fn images(grid: &ImageGrid<f32>) -> Result<Picture, Box<dyn Error>> {
    let grey = grid.grey()?;
    let (height, width) = grey.dim();
    let size = [u32::try_from(width)?, u32::try_from(height)?];
    let bytes: Vec<u8> = grey.iter().copied().collect();
    let png = encode(size, png::ColorType::Grayscale, &bytes)?;
    Ok(Picture { svg: None, png })
}

/// The label of a tick. Those of a logarithmic axis crowd below a power of ten: if they are sparse,
/// only 1, 2 and 5 times a power have one.
fn label(x: f64, sparse: bool) -> String {
    let digit = (x / 10f64.powf(x.log10().floor())).round();
    match sparse && ![1.0, 2.0, 5.0, 10.0].contains(&digit) {
        true => String::new(),
        false => short(x),
    }
}

/// A number of three digits at most.
fn short(x: f64) -> String {
    match x.abs() {
        0.0 => "0".into(),
        size if !(1e-3..1e5).contains(&size) => format!("{x:.0e}"),
        _ => format!("{}", (x * 1e4).round() / 1e4),
    }
}

/// The least and the greatest value with a margin.
fn bounds(values: impl Iterator<Item = f64>, log: bool) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
        (low.min(x), high.max(x))
    });
    match log {
        true => low / 1.15..high * 1.15,
        false => {
            let margin = (0.04 * (high - low)).max(1e-9);
            low - margin..high + margin
        }
    }
}

/// Draws as SVG and as pixels.
fn picture<C: Chart>(chart: &C) -> Result<Picture, Box<dyn Error>> {
    static FONTS: Once = Once::new();
    // The only fault is a file that is no font.
    FONTS.call_once(|| _ = register_font(FONT, FontStyle::Normal, dejavu::sans::regular()));
    let mut svg = String::new();
    whole(chart, SVGBackend::with_string(&mut svg, C::SIZE))?;
    let (width, height) = C::SIZE;
    let mut pixels = vec![0; 3 * (width * height) as usize];
    whole(chart, BitMapBackend::with_buffer(&mut pixels, C::SIZE))?;
    let png = encode([width, height], png::ColorType::Rgb, &pixels)?;
    Ok(Picture {
        svg: Some(svg),
        png,
    })
}

/// Draws on white and finishes.
fn whole<DB: DrawingBackend>(chart: &impl Chart, backend: DB) -> Result<(), Box<dyn Error>> {
    let root = backend.into_drawing_area();
    root.fill(&WHITE).map_err(text)?;
    chart.draw(&root)?;
    root.present().map_err(text)?;
    Ok(())
}

fn encode(
    size: [u32; 2],
    colours: png::ColorType,
    bytes: &[u8],
) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size[0], size[1]);
    encoder.set_color(colours);
    encoder.write_header()?.write_image_data(bytes)?;
    Ok(file)
}

/// Faults of plotters borrow what they are about.
fn text(fault: impl std::fmt::Display) -> String {
    fault.to_string()
}
