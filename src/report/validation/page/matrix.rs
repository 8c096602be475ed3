//! A confusion matrix, and the rows behind each of its cells.

use linfa::Float;
use serde_crate::Serialize;

use super::images::Album;
use crate::Result;
use crate::report::validation::contents::Contents;
use crate::report::validation::mistakes::Mistake;
use crate::report::validation::pipeline::PipelineResults;

/// Images at most of one cell.
const IMAGES: usize = 12;
/// Rows at most that a cell names.
const ROWS: usize = 100;
/// Upper bounds of the shares of a true class that have a shade each, the last of which has none.
const SHADES: [f64; 4] = [0.02, 0.05, 0.1, 0.2];

/// The matrix as a table whose cells lead to their rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Matrix {
    classes: Vec<String>,
    lines: Vec<Vec<Cell>>,
    panels: Vec<Panel>,
}

/// The rows of one true and one predicted class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Cell {
    count: usize,
    /// Class of the style sheet: `right`, or `wrong-0` to `wrong-4`, or nothing for no rows.
    style: String,
    /// Anchor of its panel, for a cell of mistakes.
    panel: Option<String>,
    text: String,
}

/// The mistakes of one cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
struct Panel {
    id: String,
    title: String,
    pictures: Vec<Picture>,
    /// The rows, as text.
    rows: String,
    /// How many pictures or rows are left out, if any.
    left_out: Option<String>,
}

/// The image of a mistake.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "serde_crate")]
pub(super) struct Picture {
    uri: String,
    caption: String,
    text: String,
}

impl Picture {
    /// The image of a mistake, if the album has room.
    pub(super) fn new<F: Float>(
        contents: &Contents,
        mistake: &Mistake,
        album: &mut Album<F>,
    ) -> Result<Option<Self>> {
        let names = [mistake.truth, mistake.predicted].map(|class| contents.class(class));
        let [truth, predicted] = names;
        let uri = album.data_uri(mistake.row)?;
        Ok(uri.map(|uri| Self {
            uri,
            caption: format!("row {}", mistake.row),
            text: format!("row {}, {truth} taken for {predicted}", mistake.row),
        }))
    }
}

impl Matrix {
    /// The matrix of a pipeline, whose anchors begin with `id`.
    pub(super) fn new<F: Float>(
        contents: &Contents,
        pipeline: &PipelineResults,
        id: &str,
        album: &mut Album<F>,
    ) -> Result<Self> {
        let places: Vec<usize> = pipeline.classes.iter().map(|class| class.class).collect();
        let anchor = |truth, predicted| format!("{id}-{truth}-{predicted}");
        let name = |place: usize| contents.class(places[place]);
        let line = |(truth, counts): (usize, &Vec<usize>)| {
            let total: usize = counts.iter().sum();
            let cells = counts.iter().enumerate().map(|(predicted, &count)| Cell {
                count,
                style: style(truth == predicted, count as f64 / total.max(1) as f64),
                panel: (truth != predicted && count > 0)
                    .then(|| anchor(places[truth], places[predicted])),
                text: format!("{} taken for {}: {count}", name(truth), name(predicted)),
            });
            cells.collect()
        };
        Ok(Self {
            classes: (0..places.len())
                .map(|place| name(place).to_owned())
                .collect(),
            lines: pipeline.confusion.iter().enumerate().map(line).collect(),
            panels: panels(contents, &pipeline.mistakes, anchor, album)?,
        })
    }
}

/// The cells of mistakes, those of the most rows first.
fn panels<F: Float>(
    contents: &Contents,
    mistakes: &[Mistake],
    anchor: impl Fn(usize, usize) -> String,
    album: &mut Album<F>,
) -> Result<Vec<Panel>> {
    let mut sorted: Vec<&Mistake> = mistakes.iter().collect();
    sorted.sort_by_key(|mistake| (mistake.truth, mistake.predicted));
    let mut cells: Vec<&[&Mistake]> = sorted
        .chunk_by(|a, b| (a.truth, a.predicted) == (b.truth, b.predicted))
        .collect();
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.len()));
    let panel = |cell: &[&Mistake]| {
        let (truth, predicted) = (cell[0].truth, cell[0].predicted);
        let mut pictures = Vec::new();
        for mistake in cell.iter().take(IMAGES) {
            pictures.extend(Picture::new(contents, mistake, album)?);
        }
        let names = [truth, predicted].map(|class| contents.class(class));
        let rows = cell
            .iter()
            .take(ROWS)
            .map(|mistake| mistake.row.to_string());
        Ok(Panel {
            id: anchor(truth, predicted),
            title: format!("{} taken for {}: {}", names[0], names[1], cell.len()),
            left_out: left_out(cell.len(), album.has_images().then_some(pictures.len())),
            pictures,
            rows: rows.collect::<Vec<_>>().join(", "),
        })
    };
    cells.into_iter().map(panel).collect()
}

/// What a panel does not show of so many rows, given its number of images if there are some.
fn left_out(rows: usize, images: Option<usize>) -> Option<String> {
    let images = images
        .filter(|&images| images < rows)
        .map(|images| format!("{images} of {rows} images are shown"));
    let named = (rows > ROWS).then(|| format!("{ROWS} of {rows} rows are named"));
    let parts: Vec<_> = images.into_iter().chain(named).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn style(right: bool, share: f64) -> String {
    match (right, share) {
        (true, _) => "right".to_owned(),
        (false, 0.0) => String::new(),
        (false, share) => format!("wrong-{}", SHADES.partition_point(|&bound| bound < share)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said() {
        assert_eq!(left_out(12, Some(12)), None);
        assert_eq!(left_out(100, None), None);
        assert_eq!(left_out(13, Some(0)).unwrap(), "0 of 13 images are shown");
        let both = "12 of 101 images are shown, 100 of 101 rows are named";
        assert_eq!(left_out(101, Some(12)).unwrap(), both);
    }

    #[test]
    fn shades_are_of_the_share_of_the_true_class() {
        let shares = [0.0, 0.01, 0.02, 0.03, 0.1, 0.15, 0.5];
        let styles = shares.map(|share| style(false, share));
        let expected = [
            "", "wrong-0", "wrong-0", "wrong-1", "wrong-2", "wrong-3", "wrong-4",
        ];
        assert_eq!(styles, expected);
        assert_eq!(style(true, 0.1), "right");
    }
}
