//! The report: one HTML page, Markdown, JSON, and the figures as files.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use comfy_table::presets::ASCII_MARKDOWN;
use minijinja::{Environment, context};
use serde_crate::Serialize;
use serde_json::{Map, Value, json};

use super::charts::Picture;
use super::ledger::{Entry, write};

const TITLE: &str = "Deep Fisher vectors, reproduced";

/// What a reader of a quick report has to know.
const QUICK: &str = "This was a quick run, of short trainings and few images: it shows that everything \
                     works, and its figures measure nothing.";

/// A part of the report.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    blocks: Vec<Block>,
    #[serde(skip)]
    numbers: Map<String, Value>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(crate = "serde_crate", tag = "kind", rename_all = "lowercase")]
enum Block {
    Text { text: String },
    Table(Table),
    Figure(Figure),
}

/// A table with a caption; cells are text.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Table {
    caption: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(crate = "serde_crate")]
struct Figure {
    name: String,
    caption: String,
    svg: Option<String>,
    png: String,
    #[serde(skip)]
    bytes: Vec<u8>,
}

impl Section {
    pub(crate) fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name,
            title,
            blocks: Vec::new(),
            numbers: Map::new(),
        }
    }

    pub(crate) fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text { text: text.into() });
    }

    pub(crate) fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    pub(crate) fn figure(
        &mut self,
        name: impl Into<String>,
        caption: impl Into<String>,
        picture: Picture,
    ) {
        self.blocks.push(Block::Figure(Figure {
            name: name.into(),
            caption: caption.into(),
            svg: picture.svg,
            png: BASE64_STANDARD.encode(&picture.png),
            bytes: picture.png,
        }));
    }

    /// Puts a result into the JSON file.
    pub(crate) fn number(
        &mut self,
        name: impl Into<String>,
        value: &impl Serialize,
    ) -> Result<(), Box<dyn Error>> {
        self.numbers
            .insert(name.into(), serde_json::to_value(value)?);
        Ok(())
    }

    fn markdown(&self) -> String {
        let mut text = format!("## {}\n", self.title);
        for block in &self.blocks {
            text.push('\n');
            text.push_str(&match block {
                Block::Text { text } => format!("{text}\n"),
                Block::Table(table) => table.markdown(),
                Block::Figure(figure) => {
                    format!("![{}](figures/{}.png)\n", figure.caption, figure.name)
                }
            });
        }
        text
    }
}

impl Table {
    pub(crate) fn new<const N: usize>(caption: impl Into<String>, header: [&str; N]) -> Self {
        Self {
            caption: caption.into(),
            header: header.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    fn markdown(&self) -> String {
        let mut table = comfy_table::Table::new();
        table.load_preset(ASCII_MARKDOWN).set_header(&self.header);
        for row in &self.rows {
            table.add_row(row);
        }
        match self.caption.is_empty() {
            true => format!("{table}\n"),
            false => format!("{}\n\n{table}\n", self.caption),
        }
    }
}

/// What the whole report says of the run.
#[derive(Serialize)]
#[serde(crate = "serde_crate")]
pub(crate) struct Run<'a> {
    pub(crate) version: &'static str,
    pub(crate) revision: Option<String>,
    pub(crate) command: String,
    /// Whether it only shows what works.
    pub(crate) quick: bool,
    pub(crate) seconds: f64,
    pub(crate) peak_memory: String,
    pub(crate) items: &'a [Entry],
}

/// Writes the page, the Markdown, the JSON, which are called `stem`, and the figures, and returns the
/// paths.
pub(crate) fn save(
    folder: &Path,
    stem: &str,
    sections: &[Section],
    run: &Run,
) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let figures = folder.join("figures");
    fs::create_dir_all(&figures).map_err(|fault| format!("{}: {fault}", figures.display()))?;
    for figure in sections.iter().flat_map(|section| &section.blocks) {
        if let Block::Figure(figure) = figure {
            write(&figures.join(format!("{}.png", figure.name)), &figure.bytes)?;
            if let Some(svg) = &figure.svg {
                write(
                    &figures.join(format!("{}.svg", figure.name)),
                    svg.as_bytes(),
                )?;
            }
        }
    }
    let numbers: Map<String, Value> = sections
        .iter()
        .map(|section| {
            (
                section.name.to_owned(),
                Value::Object(section.numbers.clone()),
            )
        })
        .collect();
    let json = json!({ "run": run, "parts": numbers });
    let files = [
        ("html", html(sections, run)?),
        ("md", markdown(sections, run)),
        ("json", serde_json::to_string_pretty(&json)?),
    ];
    files
        .into_iter()
        .map(|(extension, text)| {
            let path = folder.join(format!("{stem}.{extension}"));
            write(&path, text.as_bytes())?;
            Ok(path)
        })
        .collect()
}

/// All sections as Markdown.
pub(crate) fn markdown(sections: &[Section], run: &Run) -> String {
    let revision = run.revision.as_ref();
    let revision = revision.map_or(String::new(), |it| format!(", revision {it}"));
    let quick = if run.quick { QUICK } else { "" };
    let mut text = format!(
        "# {TITLE}\n\nBy linfa-fisher {}{revision}, with the command `{}`. {quick}\n",
        run.version, run.command
    );
    for section in sections {
        text.push('\n');
        text.push_str(&section.markdown());
    }
    text
}

fn html(sections: &[Section], run: &Run) -> Result<String, Box<dyn Error>> {
    let mut environment = Environment::new();
    environment.add_template("report.html", include_str!("report.html"))?;
    let page = environment.get_template("report.html")?;
    let quick = if run.quick { QUICK } else { "" };
    Ok(page.render(context! { sections, run, quick, title => TITLE })?)
}
