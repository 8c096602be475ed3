use std::fs::{self, File};
use std::io::BufReader;

use ndarray::{Array1, array};
use proptest::prelude::*;

use super::*;

/// Images of 2 x 2 pixels that are black but for one.
fn corners() -> ImageGrid<f32> {
    ImageGrid::new(Array2::eye(4).view(), ImageShape::new(2, 2)).unwrap()
}

/// The greys of a PNG file.
fn decoded(path: &Path) -> Array2<u8> {
    let decoder = png::Decoder::new(BufReader::new(File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    assert_eq!(info.bit_depth, png::BitDepth::Eight);
    Array2::from_shape_vec((info.height as usize, info.width as usize), pixels).unwrap()
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<ImageGrid<f32>>();
}

#[test]
fn images_are_laid_out_in_reading_order() {
    let (o, x, g) = (0, 255, 7);
    let grid = corners().background(g).columns(3);
    let expected = array![
        [x, o, g, o, x, g, o, o],
        [o, o, g, o, o, g, x, o],
        [g, g, g, g, g, g, g, g],
        [o, o, g, g, g, g, g, g],
        [o, x, g, g, g, g, g, g],
    ];
    assert_eq!(grid.grey().unwrap(), expected);
    assert_eq!(corners().grey().unwrap().dim(), (5, 5));
    assert_eq!(corners().columns(9).grey().unwrap().dim(), (2, 26));
}

#[test]
fn pixels_become_squares_and_gaps_do_not() {
    let images = array![[0.0, 1.0]];
    let grid = |images: &Array2<f64>| ImageGrid::new(images.view(), ImageShape::new(1, 2)).unwrap();
    let once = grid(&images).magnification(2).gap(9).grey().unwrap();
    assert_eq!(once, array![[0, 0, 255, 255], [0, 0, 255, 255]]);

    let images = array![[0.0, 1.0], [1.0, 0.0]];
    let column = grid(&images).columns(1).gap(0).magnification(2).grey();
    let expected = array![
        [0, 0, 255, 255],
        [0, 0, 255, 255],
        [255, 255, 0, 0],
        [255, 255, 0, 0],
    ];
    assert_eq!(column.unwrap(), expected);
    let apart = grid(&images).columns(1).gap(3).magnification(2);
    assert_eq!(apart.grey().unwrap().dim(), (2 + 3 + 2, 4));
}

#[test]
fn filters_are_the_columns_of_the_weights() {
    let weights = array![[0.0, -1.0], [2.0, 0.5], [-2.0, 0.0]];
    let grid = ImageGrid::filters(weights.view(), ImageShape::new(3, 1)).unwrap();
    let expected = array![[128, 0, 0], [255, 0, 191], [0, 0, 128]];
    assert_eq!(grid.grey().unwrap(), expected);
    let images = ImageGrid::new(weights.t(), ImageShape::new(3, 1)).unwrap();
    let images = images.scale(GreyScale::SymmetricPerImage).background(0);
    assert_eq!(images, grid);
}

#[test]
fn the_file_holds_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grid.png");
    for grid in [corners(), corners().columns(3).magnification(5).gap(4)] {
        grid.write_png(&path).unwrap();
        assert_eq!(decoded(&path), grid.grey().unwrap());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("grid.png");
    match corners().write_png(&path).unwrap_err() {
        PlotError::Unwritable {
            path: named,
            source,
        } => {
            assert_eq!(named, path);
            assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
        }
        other => panic!("{other}"),
    }
}

#[test]
fn images_must_fit_their_shape() {
    let fault = |rows, columns, height, width| {
        let images = Array2::<f64>::zeros((rows, columns));
        let error = ImageGrid::new(images.view(), ImageShape::new(height, width));
        error.unwrap_err().to_string()
    };
    let width = "the images have 6 pixels, expected 4 for the shape 2x2";
    assert_eq!(fault(1, 6, 2, 2), width);
    assert_eq!(
        fault(0, 4, 2, 2),
        "no images of shape 2x2, expected at least one"
    );
    let empty = "images of 0x3 pixels, expected at least one pixel";
    assert_eq!(fault(2, 0, 0, 3), empty);
    assert!(fault(1, 6, usize::MAX, 2).starts_with("the images have 6 pixels"));

    let weights = Array2::<f64>::zeros((4, 9));
    let error = ImageGrid::filters(weights.view(), ImageShape::new(3, 3)).unwrap_err();
    assert!(matches!(
        error,
        PlotError::ImageWidth {
            expected: 9,
            found: 4,
            ..
        }
    ));
}

#[test]
fn values_must_be_finite() {
    let mut weights = Array2::<f32>::zeros((4, 3));
    weights[[1, 2]] = f32::NEG_INFINITY;
    let error = ImageGrid::filters(weights.view(), ImageShape::new(2, 2)).unwrap_err();
    let text = "pixel 1 of image 2 is -inf, expected a finite number";
    assert_eq!(error.to_string(), text);
    let nan = Array1::from_elem(4, f64::NAN);
    let images = nan.view().insert_axis(ndarray::Axis(0));
    let error = ImageGrid::new(images, ImageShape::new(2, 2)).unwrap_err();
    assert!(matches!(error, PlotError::NonFinite { image: 0, pixel: 0, value } if value.is_nan()));
}

#[test]
fn the_layout_must_be_drawable() {
    let fault = |grid: ImageGrid<f32>| grid.grey().unwrap_err();
    assert!(matches!(
        fault(corners().columns(0)),
        PlotError::InvalidColumns(0)
    ));
    let error = fault(corners().magnification(0));
    assert!(matches!(error, PlotError::InvalidMagnification(0)));
    for grid in [
        corners().magnification(usize::MAX),
        corners().gap(usize::MAX),
        corners().columns(usize::MAX),
        corners().gap(1 << 20).magnification(1 << 20),
    ] {
        let error = fault(grid);
        assert!(
            matches!(
                error,
                PlotError::TooLarge {
                    limit: PIXELS_LIMIT,
                    ..
                }
            ),
            "{error}"
        );
    }
    let scale = GreyScale::Range {
        black: 0.5,
        white: 0.5,
    };
    assert!(matches!(
        fault(corners().scale(scale)),
        PlotError::GreyRange { .. }
    ));
}

fn any_scale() -> impl Strategy<Value = GreyScale<f32>> {
    let ends = (prop::num::f32::NORMAL, prop::num::f32::NORMAL);
    let ends = ends.prop_filter("the ends differ", |(black, white)| black != white);
    prop_oneof![
        ends.prop_map(|(black, white)| GreyScale::Range { black, white }),
        Just(GreyScale::SymmetricPerImage),
        Just(GreyScale::SymmetricOverAll),
    ]
}

fn any_finite(values: usize) -> impl Strategy<Value = Vec<f32>> {
    use prop::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop::collection::vec(POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO, values)
}

/// Any finite images, and their shape.
fn any_images() -> impl Strategy<Value = (Array2<f32>, ImageShape)> {
    (1..6_usize, 1..4_usize, 1..4_usize).prop_flat_map(|(images, height, width)| {
        let shape = ImageShape::new(height, width);
        let dim = (images, shape.pixels());
        any_finite(images * shape.pixels())
            .prop_map(move |values| (Array2::from_shape_vec(dim, values).unwrap(), shape))
    })
}

proptest! {
    #[test]
    fn any_finite_images_are_drawn_where_they_belong(
        (images, shape) in any_images(),
        scale in any_scale(),
        (columns, gap, zoom) in (1..5_usize, 0..3_usize, 1..4_usize),
    ) {
        let grid = ImageGrid::new(images.view(), shape).unwrap().scale(scale);
        let grid = grid.columns(columns).gap(gap).magnification(zoom).background(77);
        let greys = scale.greys(images.view()).unwrap();
        let picture = grid.grey().unwrap();
        let (across, down) = (shape.width * zoom + gap, shape.height * zoom + gap);
        for ((row, column), &grey) in picture.indexed_iter() {
            let image = row / down * columns + column / across;
            let (r, c) = (row % down / zoom, column % across / zoom);
            let inside = r < shape.height && c < shape.width && image < images.nrows();
            let expected = if inside { greys[[image, r * shape.width + c]] } else { 77 };
            prop_assert_eq!(grey, expected, "at [{}, {}]", row, column);
        }
    }
}
