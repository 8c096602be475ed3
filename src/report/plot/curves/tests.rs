use super::chart::{HEIGHT, LEFT, TOP, WIDTH};
use super::*;
use crate::report::plot::fraction::any_finite;
use proptest::prelude::*;

fn svg(points: &[(f64, f64)]) -> String {
    let curves = Curves::new("x", "y").curve("curve", points.iter().copied());
    curves.to_svg().unwrap()
}

/// The points of all lines of a drawing.
fn drawn(svg: &str) -> Vec<(f64, f64)> {
    let lines = svg.lines().filter(|line| line.starts_with("<polyline"));
    let points = lines.filter_map(|line| line.split_once("points=\"")?.1.split_once('"'));
    let pairs = points.flat_map(|(points, _)| points.split_whitespace());
    pairs
        .map(|pair| pair.split_once(',').unwrap())
        .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
        .collect()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<Curves>();
}

#[test]
fn the_extremes_touch_the_frame() {
    let svg = svg(&[(1.0, 10.0), (2.0, 0.0), (5.0, 20.0)]);
    assert_eq!(drawn(&svg), [(80.0, 190.0), (200.0, 340.0), (560.0, 40.0)]);
    assert!(svg.contains(r##"<circle cx="560.00" cy="40.00" r="3" fill="#0072b2"/>"##));
}

#[test]
fn curves_share_their_axes() {
    let curves = Curves::new("epoch", "log-likelihood")
        .curve("training", [(0.0, 0.0), (1.0, 1.0)])
        .curve("validation", [(3.0, 3.0), (4.0, 4.0)]);
    let svg = curves.to_svg().unwrap();
    let expected = [(80.0, 340.0), (200.0, 265.0), (440.0, 115.0), (560.0, 40.0)];
    assert_eq!(drawn(&svg), expected);
    assert_eq!(svg.matches("<polyline").count(), 2);
    for name in ["epoch", "log-likelihood", "training", "validation"] {
        assert_eq!(svg.matches(&format!(">{name}</text>")).count(), 1);
    }
}

#[test]
fn a_single_point_is_in_the_middle() {
    let svg = svg(&[(3.0, 0.5)]);
    assert_eq!(drawn(&svg), [(320.0, 190.0)]);
    assert!(svg.contains(">3.000</text>") && svg.contains(">0.5000</text>"));
}

#[test]
fn names_cannot_break_the_drawing() {
    let curves = Curves::new("a < b", "\u{0}&amp;").title("</svg>");
    let svg = curves.curve("<x>", [(0.0, 0.0)]).to_svg().unwrap();
    for text in ["a &lt; b", " &amp;amp;", "&lt;/svg&gt;", "&lt;x&gt;"] {
        assert_eq!(svg.matches(&format!(">{text}</text>")).count(), 1, "{text}");
    }
    assert_eq!(svg.matches("</svg>").count(), 1);
}

#[test]
fn there_must_be_finite_points() {
    let empty = Curves::new("x", "y");
    assert!(matches!(empty.to_svg(), Err(PlotError::NoCurves)));
    let one = empty.curve("first", [(0.0, 1.0)]);
    let fault = |points: &[(f64, f64)]| {
        let curves = one.clone().curve("second", points.iter().copied());
        curves.to_svg().unwrap_err().to_string()
    };
    assert_eq!(
        fault(&[]),
        "curve second has no points, expected at least one"
    );
    let text = "point 1 of curve second is (2, NaN), expected finite numbers";
    assert_eq!(fault(&[(1.0, 0.0), (2.0, f64::NAN)]), text);
    let folder = tempfile::tempdir().unwrap();
    let error = one.write_svg(folder.path()).unwrap_err();
    assert!(matches!(error, PlotError::Unwritable { path, .. } if path == folder.path()));
}

#[test]
fn the_file_holds_the_drawing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("curves.svg");
    let curves = Curves::new("x", "y").curve("curve", [(0.0, 0.0), (1.0, 2.0)]);
    curves.write_svg(&path).unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        curves.to_svg().unwrap()
    );
}

proptest! {
    #[test]
    fn any_finite_points_are_inside_the_frame(
        points in prop::collection::vec((any_finite(), any_finite()), 1..20),
    ) {
        let drawn = drawn(&svg(&points));
        prop_assert_eq!(drawn.len(), points.len());
        for (x, y) in drawn {
            prop_assert!((LEFT..=LEFT + WIDTH).contains(&x) && (TOP..=TOP + HEIGHT).contains(&y));
        }
    }
}
