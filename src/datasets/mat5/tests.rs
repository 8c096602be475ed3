use super::element::kind;
use super::reader::VERSION;
use super::*;
use crate::datasets::mutation::damaged;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use std::io::Write;

/// How the writer below stores what MATLAB lets it choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) big_endian: bool,
    pub(crate) compress: bool,
    /// Storage type of numbers.
    pub(crate) store: u32,
    /// Whether data of at most 4 bytes goes into small elements.
    pub(crate) small: bool,
}

pub(crate) const PLAIN: Style = Style {
    big_endian: false,
    compress: false,
    store: kind::UINT8,
    small: true,
};

/// A writer of MAT-files, by the letter of the specification.
impl Style {
    fn order<const N: usize>(&self, mut bytes: [u8; N]) -> [u8; N] {
        if self.big_endian {
            bytes.reverse();
        }
        bytes
    }

    fn word(&self, value: u32) -> [u8; 4] {
        self.order(value.to_le_bytes())
    }

    pub(crate) fn element(&self, kind: u32, data: &[u8]) -> Vec<u8> {
        let length = data.len() as u32;
        if self.small && (1..=4).contains(&length) && kind != kind::MATRIX {
            let mut bytes = self.word(length << 16 | kind).to_vec();
            bytes.extend(data);
            bytes.resize(8, 0);
            return bytes;
        }
        let mut bytes = [self.word(kind), self.word(length)].concat();
        bytes.extend(data);
        if kind != kind::COMPRESSED {
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        bytes
    }

    pub(crate) fn array(&self, class: u32, name: &str, dims: &[i32], data: &[u8]) -> Vec<u8> {
        let flags = [self.word(class), self.word(0)].concat();
        let sizes: Vec<u8> = dims
            .iter()
            .flat_map(|&d| self.order(d.to_le_bytes()))
            .collect();
        let mut parts = self.element(kind::UINT32, &flags);
        parts.extend(self.element(kind::INT32, &sizes));
        parts.extend(self.element(kind::INT8, name.as_bytes()));
        parts.extend(data);
        self.element(kind::MATRIX, &parts)
    }

    pub(crate) fn numeric(&self, name: &str, dims: &[i32], values: &[f64]) -> Vec<u8> {
        let data: Vec<u8> = values.iter().flat_map(|&v| self.number(v)).collect();
        self.array(6, name, dims, &self.element(self.store, &data))
    }

    fn number(&self, value: f64) -> Vec<u8> {
        match self.store {
            kind::INT8 => self.order((value as i8).to_le_bytes()).to_vec(),
            kind::UINT8 => self.order((value as u8).to_le_bytes()).to_vec(),
            kind::INT16 => self.order((value as i16).to_le_bytes()).to_vec(),
            kind::UINT16 => self.order((value as u16).to_le_bytes()).to_vec(),
            kind::INT32 => self.order((value as i32).to_le_bytes()).to_vec(),
            kind::UINT32 => self.order((value as u32).to_le_bytes()).to_vec(),
            kind::SINGLE => self.order((value as f32).to_le_bytes()).to_vec(),
            kind::INT64 => self.order((value as i64).to_le_bytes()).to_vec(),
            kind::UINT64 => self.order((value as u64).to_le_bytes()).to_vec(),
            _ => self.order(value.to_le_bytes()).to_vec(),
        }
    }

    pub(crate) fn chars(&self, name: &str, text: &str) -> Vec<u8> {
        let data: Vec<u8> = text
            .encode_utf16()
            .flat_map(|unit| self.order(unit.to_le_bytes()))
            .collect();
        let dims = [1, text.encode_utf16().count() as i32];
        self.array(4, name, &dims, &self.element(kind::UINT16, &data))
    }

    pub(crate) fn cell(&self, name: &str, dims: &[i32], cells: &[Vec<u8>]) -> Vec<u8> {
        self.array(1, name, dims, &cells.concat())
    }

    pub(crate) fn file(&self, variables: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![b' '; 124];
        bytes.extend(self.order(VERSION.to_le_bytes()));
        bytes.extend(if self.big_endian { b"MI" } else { b"IM" });
        for variable in variables {
            if self.compress {
                bytes.extend(self.element(kind::COMPRESSED, &zlib(variable)));
            } else {
                bytes.extend(variable);
            }
        }
        bytes
    }
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const LIMIT: usize = 1 << 20;
const STORES: [u32; 10] = [
    kind::INT8,
    kind::UINT8,
    kind::INT16,
    kind::UINT16,
    kind::INT32,
    kind::UINT32,
    kind::SINGLE,
    kind::DOUBLE,
    kind::INT64,
    kind::UINT64,
];

/// A number, text and a cell array of both, in the given style.
fn sample(style: Style) -> Vec<u8> {
    let number = style.numeric("", &[1, 1], &[3.0]);
    let text = style.chars("", "Z");
    style.file(&[
        style.numeric("x", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        style.cell("c", &[1, 2], &[number, text]),
    ])
}

fn numeric(dims: &[usize], values: &[f64]) -> MatArray {
    MatArray::Numeric {
        dims: dims.to_vec(),
        values: values.to_vec(),
    }
}

#[test]
fn autotraits() {
    fn has_autotraits<T: Send + Sync + Sized + Unpin>() {}
    has_autotraits::<MatArray>();
    has_autotraits::<MatError>();
    has_autotraits::<Variable>();
}

#[test]
fn every_storage_reads_the_same() {
    for store in STORES {
        for bits in 0..8 {
            let style = Style {
                big_endian: bits & 1 != 0,
                compress: bits & 2 != 0,
                small: bits & 4 != 0,
                store,
            };
            let variables = read(&sample(style), LIMIT).unwrap();
            assert_eq!(variables.len(), 2, "{style:?}");
            assert_eq!(variables[0].name, "x");
            let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
            assert_eq!(variables[0].array, numeric(&[2, 3], &values), "{style:?}");
            let text = MatArray::Char {
                dims: vec![1, 1],
                text: "Z".to_string(),
            };
            let cells = MatArray::Cell {
                dims: vec![1, 2],
                cells: vec![numeric(&[1, 1], &[3.0]), text],
            };
            assert_eq!(variables[1].array, cells, "{style:?}");
        }
    }
}

#[test]
fn negative_and_fractional_numbers_keep_their_value() {
    for (store, value) in [
        (kind::INT8, -7.0),
        (kind::INT16, -300.0),
        (kind::INT64, -1e15),
        (kind::SINGLE, 0.5),
        (kind::DOUBLE, -1.25e300),
    ] {
        let style = Style { store, ..PLAIN };
        let file = style.file(&[style.numeric("x", &[1, 1], &[value])]);
        let variables = read(&file, LIMIT).unwrap();
        assert_eq!(variables[0].array, numeric(&[1, 1], &[value]));
    }
}

#[test]
fn classes_without_a_reader_are_passed_over() {
    let structure = PLAIN.array(2, "s", &[1, 1], b"anything");
    let file = PLAIN.file(&[structure, PLAIN.numeric("x", &[1, 1], &[1.0])]);
    let variables = read(&file, LIMIT).unwrap();
    assert_eq!(variables[0].name, "s");
    assert_eq!(variables[0].array, MatArray::Other { class: 2 });
    assert_eq!(variables[0].array.describe(), "array of class 2");
    assert_eq!(variables[1].name, "x");
}

#[test]
fn an_array_without_content_is_the_empty_matrix() {
    let cells = [PLAIN.element(kind::MATRIX, &[])];
    let file = PLAIN.file(&[PLAIN.cell("c", &[1, 1], &cells)]);
    let MatArray::Cell { cells, .. } = &read(&file, LIMIT).unwrap()[0].array else {
        panic!("a cell array");
    };
    assert_eq!(cells[0], numeric(&[0, 0], &[]));
}

#[test]
fn headers_of_other_formats_are_named() {
    let fault = |bytes: &[u8]| read(bytes, LIMIT).unwrap_err();
    assert_eq!(fault(b"x"), MatError::Header { found: 1 });
    let mut file = sample(PLAIN);
    file[126] = b'X';
    assert_eq!(fault(&file), MatError::Endianness { found: *b"XM" });
    let mut file = sample(PLAIN);
    file[125] = 2;
    assert_eq!(fault(&file), MatError::Version { found: 0x0200 });
    // x = 7, written by `save -v4` on either kind of processor
    for (order, kind) in [
        (u32::to_le_bytes as fn(u32) -> [u8; 4], 0),
        (u32::to_be_bytes, 1000),
    ] {
        let header = [kind, 1, 1, 0, 2].map(order).concat();
        let file = [header, b"x\0".to_vec(), 7_f64.to_be_bytes().to_vec()].concat();
        assert_eq!(fault(&file), MatError::Level4);
    }
}

#[test]
fn claims_beyond_the_bytes_are_refused() {
    let fault = |array: Vec<u8>| read(&PLAIN.file(&[array]), LIMIT).unwrap_err();
    let mut long = PLAIN.element(kind::MATRIX, &[0; 8]);
    long[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(
        fault(long),
        MatError::Truncated {
            offset: 128,
            needed: 8 + u32::MAX as usize,
            available: 16,
            inflated: false
        }
    );
    let many = [i32::MAX, i32::MAX, i32::MAX];
    assert!(matches!(
        fault(PLAIN.numeric("x", &many, &[1.0])),
        MatError::Dimensions { .. }
    ));
    assert!(matches!(
        fault(PLAIN.numeric("x", &[-1, 1], &[1.0])),
        MatError::Dimensions { .. }
    ));
    assert!(matches!(
        fault(PLAIN.numeric("x", &[1], &[1.0])),
        MatError::Dimensions { .. }
    ));
    assert_eq!(
        fault(PLAIN.numeric("x", &[1 << 15, 1 << 15], &[1.0])),
        MatError::Length {
            offset: 176,
            found: 1,
            expected: 1 << 30,
            inflated: false
        }
    );
    assert!(matches!(
        fault(PLAIN.cell("x", &[1 << 15, 1 << 15], &[])),
        MatError::Truncated { .. }
    ));
}

/// What each kind of bytes beyond the end is refused as.
#[test]
fn bytes_beyond_the_end_are_refused() {
    let fault =
        |style: Style, variable: Vec<u8>| read(&style.file(&[variable]), LIMIT).unwrap_err();
    let trailing = |offset, inflated| MatError::Trailing {
        offset,
        found: 8,
        inflated,
    };
    let compressed = Style {
        compress: true,
        ..PLAIN
    };
    let x = PLAIN.numeric("x", &[1, 1], &[1.0]);
    let end = x.len();
    let followed = [x.clone(), vec![0; 8]].concat();
    assert_eq!(fault(compressed, followed), trailing(end, true));
    let after_stream = [zlib(&x), vec![0; 8]].concat();
    let element = PLAIN.element(kind::COMPRESSED, &after_stream);
    assert_eq!(fault(PLAIN, element), trailing(128, false));
    let values = [PLAIN.element(kind::UINT8, &[1]), vec![0; 8]].concat();
    let after_values = PLAIN.array(6, "x", &[1, 1], &values);
    let end = 128 + after_values.len() - 8;
    assert_eq!(fault(PLAIN, after_values), trailing(end, false));
    let cells = vec![PLAIN.element(kind::MATRIX, &[]); 2];
    let more_cells = PLAIN.cell("c", &[1, 1], &cells);
    let end = 128 + more_cells.len() - 8;
    assert_eq!(fault(PLAIN, more_cells), trailing(end, false));
}

#[test]
fn characters_are_as_many_as_the_dimensions_say() {
    let text = |kind, data: &[u8], count| {
        let array = PLAIN.array(4, "t", &[1, count], &PLAIN.element(kind, data));
        let mut variables = read(&PLAIN.file(&[array]), LIMIT)?;
        match variables.remove(0).array {
            MatArray::Char { text, .. } => Ok(text),
            other => panic!("{other:?}"),
        }
    };
    // An e with an acute accent is two bytes of UTF-8; writers differ in what they count.
    for count in [1, 2] {
        assert_eq!(
            text(kind::UTF8, "\u{e9}".as_bytes(), count).unwrap(),
            "\u{e9}"
        );
    }
    assert_eq!(text(kind::UTF32, &[65, 0, 0, 0], 1).unwrap(), "A");
    for count in [0, 3] {
        assert!(matches!(
            text(kind::UINT16, &[65, 0, 66, 0], count),
            Err(MatError::Characters { found: 2, .. })
        ));
    }
    assert!(matches!(
        text(kind::UINT16, &[65, 0, 66], 1),
        Err(MatError::Length { found: 3, .. })
    ));
}

#[test]
fn imaginary_parts_are_left_out() {
    let part = |value| PLAIN.element(kind::UINT8, &[value]);
    let class = 6 | u32::from(8_u16 << 8);
    let complex = PLAIN.array(class, "z", &[1, 1], &[part(3), part(4)].concat());
    let variables = read(&PLAIN.file(&[complex]), LIMIT).unwrap();
    assert_eq!(variables[0].array, numeric(&[1, 1], &[3.0]));
    let half = PLAIN.array(class, "z", &[1, 1], &part(3));
    assert!(matches!(
        read(&PLAIN.file(&[half]), LIMIT),
        Err(MatError::Truncated { .. })
    ));
}

#[test]
fn arrays_are_counted_wherever_they_stand() {
    let limit = 1 << 16;
    let empty = PLAIN.element(kind::MATRIX, &[]);
    let fault = |variables: &[Vec<u8>]| read(&PLAIN.file(variables), 1 << 24).err();
    assert_eq!(fault(&vec![empty.clone(); limit]), None);
    let offset = 128 + 8 * limit;
    let inflated = false;
    let expected = MatError::Arrays {
        offset,
        limit,
        inflated,
    };
    assert_eq!(fault(&vec![empty.clone(); limit + 1]), Some(expected));
    let cells = PLAIN.cell("c", &[1, 1 << 15], &vec![empty; 1 << 15]);
    assert!(matches!(
        fault(&vec![cells; 2]),
        Some(MatError::Arrays { .. })
    ));
}

#[test]
fn nesting_ends_somewhere() {
    let mut cell = PLAIN.numeric("", &[1, 1], &[1.0]);
    for _ in 0..16 {
        cell = PLAIN.cell("", &[1, 1], &[cell]);
    }
    assert!(read(&PLAIN.file(std::slice::from_ref(&cell)), LIMIT).is_ok());
    let deeper = PLAIN.cell("", &[1, 1], &[cell]);
    assert!(matches!(
        read(&PLAIN.file(&[deeper]), LIMIT),
        Err(MatError::Depth { limit: 16, .. })
    ));
}

#[test]
fn decompression_is_bounded_over_the_whole_file() {
    let style = Style {
        compress: true,
        ..PLAIN
    };
    let zeros = vec![0.0; 1 << 19];
    let half = style.numeric("x", &[1 << 19, 1], &zeros);
    assert!(read(&style.file(std::slice::from_ref(&half)), LIMIT).is_ok());
    assert!(matches!(
        read(&style.file(&[half.clone(), half]), LIMIT),
        Err(MatError::Inflated { limit: LIMIT, .. })
    ));
    let mut corrupt = style.file(&[style.numeric("x", &[1, 1], &[1.0])]);
    corrupt[140] ^= 0xff;
    assert!(matches!(
        read(&corrupt, LIMIT),
        Err(MatError::Zlib { offset: 128, .. } | MatError::ElementType { inflated: true, .. })
    ));
}

#[test]
fn matrw_writes_what_we_read() {
    let path = std::env::temp_dir().join(format!("linfa-fisher-{}.mat", std::process::id()));
    for compress in [false, true] {
        let file = matrw::matfile!(
            x: matrw::matvar!([[1.0, 2.0], [3.0, 4.0]]),
            c: matrw::matvar!(["abc", 42.0, 7])
        );
        matrw::save_matfile_v7(path.to_str().unwrap(), file, compress).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let variables = read(&bytes, LIMIT).unwrap();
        let x = variables.iter().find(|v| v.name == "x").unwrap();
        assert_eq!(x.array, numeric(&[2, 2], &[1.0, 3.0, 2.0, 4.0]));
        let c = variables.iter().find(|v| v.name == "c").unwrap();
        let MatArray::Cell { dims, cells } = &c.array else {
            panic!("a cell array");
        };
        assert_eq!(dims, &[1, 3]);
        assert!(matches!(&cells[0], MatArray::Char { text, .. } if text == "abc"));
        assert_eq!(cells[1], numeric(&[1, 1], &[42.0]));
        assert_eq!(cells[2], numeric(&[1, 1], &[7.0]));
    }
}

/// Numbers and characters held, which the input's length must bound.
fn size(array: &MatArray) -> usize {
    match array {
        MatArray::Numeric { values, .. } => values.len(),
        MatArray::Char { text, .. } => text.len(),
        MatArray::Cell { cells, .. } => cells.iter().map(|cell| 1 + size(cell)).sum(),
        MatArray::Other { .. } => 0,
    }
}

/// Whatever comes, the reader returns, and with no more content than it had bytes.
fn stays_within_bounds(bytes: &[u8], limit: usize) {
    if let Ok(variables) = read(bytes, limit) {
        let total: usize = variables.iter().map(|v| size(&v.array)).sum();
        assert!(total <= 3 * (bytes.len() + limit));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8000))]

    #[test]
    fn damaged_files_do_not_panic(bytes in damaged(sample(PLAIN))) {
        stays_within_bounds(&bytes, 0);
    }

    #[test]
    fn damaged_big_endian_files_do_not_panic(
        bytes in damaged(sample(Style { big_endian: true, store: kind::DOUBLE, ..PLAIN }))
    ) {
        stays_within_bounds(&bytes, 0);
    }

    #[test]
    fn damaged_compressed_variables_do_not_panic(
        variable in damaged(PLAIN.cell("c", &[1, 1], &[PLAIN.numeric("", &[1, 2], &[1.0, 2.0])]))
    ) {
        let file = Style { compress: true, ..PLAIN }.file(&[variable]);
        stays_within_bounds(&file, 1000);
    }

    #[test]
    fn noise_after_a_header_does_not_panic(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        stays_within_bounds(&PLAIN.file(&[noise]), 1000);
    }
}
