//! The HTML page: all that a report says, charts, and pictures of rows.

mod images;
mod matrix;

use linfa::Float;
use minijinja::{Environment, UndefinedBehavior};
use serde_crate::Serialize;

use self::images::Album;
pub(super) use self::images::Images;
use self::matrix::{Matrix, Picture};
use super::charts::{RankChart, SquareChart, StripChart};
use super::comparison::ComparisonResult;
use super::contents::Contents;
use super::error::ReportError;
use super::mistakes::Mistake;
use super::pipeline::PipelineResults;
use super::table::{Table, number};
use super::tables;
use crate::Result;

/// Bytes of PNG files at most on a page, with as much room for each pipeline.
const ROOM: usize = 3_000_000;
/// Mistakes of the greatest margins that are shown.
const WORST: usize = 24;
/// Least height of an image on the page, in pixels of the screen.
const HEIGHT: usize = 48;

/// What the template draws.
#[derive(Serialize)]
#[serde(crate = "serde_crate")]
struct Page<'a> {
    style: &'static str,
    contents: &'a Contents,
    summary: Table,
    /// Tables that are left out where they are empty.
    notices: Vec<Table>,
    strips: Vec<StripChart>,
    comparisons: Vec<std::result::Result<ComparisonView, &'a String>>,
    pipelines: Vec<PipelineView<'a>>,
    data: Table,
    classes: Table,
    times: Table,
    /// Height and width of every image, in pixels of the screen.
    image_size: Option<(usize, usize)>,
}

#[derive(Serialize)]
#[serde(crate = "serde_crate")]
struct ComparisonView {
    metric: String,
    ranks: Table,
    chart: Option<RankChart>,
    pairs: Table,
}

#[derive(Serialize)]
#[serde(crate = "serde_crate")]
struct PipelineView<'a> {
    id: String,
    name: &'a str,
    parameters: &'a str,
    matrix: Matrix,
    worst: std::result::Result<Vec<Worst>, &'static str>,
    classes: Table,
    roc: std::result::Result<SquareChart, &'a String>,
    calibration: std::result::Result<(SquareChart, Table), &'a String>,
    folds: Table,
}

/// A mistake of a great margin.
#[derive(Serialize)]
#[serde(crate = "serde_crate")]
struct Worst {
    row: usize,
    fold: usize,
    truth: String,
    predicted: String,
    margin: String,
    picture: Option<Picture>,
}

/// The page.
pub(super) fn page<F: Float>(contents: &Contents, images: Option<&Images<F>>) -> Result<String> {
    let room = ROOM / contents.pipelines.len().max(1);
    let pipelines = contents.pipelines.iter().enumerate();
    let pipelines = pipelines.map(|(place, pipeline)| {
        let mut album = Album::new(images, room);
        PipelineView::new(contents, pipeline, format!("p{}", place + 1), &mut album)
    });
    let mut notices = vec![tables::undefined(contents), tables::failures(contents)];
    notices.retain(|table| !table.rows.is_empty());
    let comparisons = contents.comparisons.iter().map(|comparison| {
        let comparison = comparison.as_ref();
        comparison.map(|comparison| ComparisonView::new(contents, comparison))
    });
    render(&Page {
        style: include_str!("page.css"),
        contents,
        summary: tables::summary(contents),
        notices,
        strips: (0..contents.metrics.len())
            .filter_map(|metric| StripChart::new(contents, metric))
            .collect(),
        comparisons: comparisons.collect(),
        pipelines: pipelines.collect::<Result<_>>()?,
        data: tables::data(contents),
        classes: tables::classes(contents),
        times: tables::times(contents),
        image_size: images.map(image_size),
    })
}

/// The template with everything in its place. All text is escaped.
fn render(page: &Page) -> Result<String> {
    const NAME: &str = "page.html";
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    let page = environment
        .add_template(NAME, include_str!("page.html"))
        .and_then(|()| environment.get_template(NAME)?.render(page));
    Ok(page.map_err(|fault| ReportError::format("HTML", fault))?)
}

/// Height and width of an image in pixels of the screen, a whole number for each of its own.
fn image_size<F: Float>(images: &Images<F>) -> (usize, usize) {
    let shape = images.shape();
    let zoom = HEIGHT.div_ceil(shape.height);
    (shape.height * zoom, shape.width * zoom)
}

impl ComparisonView {
    fn new(contents: &Contents, comparison: &ComparisonResult) -> Self {
        Self {
            metric: comparison.metric.clone(),
            ranks: tables::ranks(contents, comparison),
            chart: RankChart::new(contents, comparison),
            pairs: tables::pairs(contents, comparison),
        }
    }
}

impl<'a> PipelineView<'a> {
    fn new<F: Float>(
        contents: &Contents,
        pipeline: &'a PipelineResults,
        id: String,
        album: &mut Album<F>,
    ) -> Result<Self> {
        let calibration = pipeline.calibration.as_ref();
        let roc = pipeline.roc.as_ref();
        Ok(Self {
            name: &pipeline.name,
            parameters: &pipeline.parameters,
            worst: worst(contents, pipeline, album)?,
            matrix: Matrix::new(contents, pipeline, &id, album)?,
            classes: tables::class_scores(contents, pipeline),
            roc: roc.map(|roc| SquareChart::of_roc(roc, contents)),
            calibration: calibration.map(|curve| {
                (
                    SquareChart::of_calibration(curve),
                    tables::calibration(curve),
                )
            }),
            folds: tables::folds(contents, pipeline),
            id,
        })
    }
}

/// The mistakes of the greatest margins, or why there are none.
fn worst<F: Float>(
    contents: &Contents,
    pipeline: &PipelineResults,
    album: &mut Album<F>,
) -> Result<std::result::Result<Vec<Worst>, &'static str>> {
    if pipeline.mistakes.is_empty() {
        return Ok(Err("no row was wrong"));
    }
    let mut shown = Vec::new();
    for mistake in pipeline.mistakes.iter().take(WORST) {
        if let Some(margin) = mistake.margin {
            shown.push(Worst::new(contents, mistake, margin, album)?);
        }
    }
    Ok(match shown.is_empty() {
        true => Err("the classifier gives no decision values"),
        false => Ok(shown),
    })
}

impl Worst {
    fn new<F: Float>(
        contents: &Contents,
        mistake: &Mistake,
        margin: f64,
        album: &mut Album<F>,
    ) -> Result<Self> {
        Ok(Self {
            row: mistake.row,
            fold: mistake.fold,
            truth: contents.class(mistake.truth).to_owned(),
            predicted: contents.class(mistake.predicted).to_owned(),
            margin: number(margin),
            picture: Picture::new(contents, mistake, album)?,
        })
    }
}
