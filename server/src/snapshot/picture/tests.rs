use place_core::{Batch, Cell, Entry, Mode, PaletteColor, Rules};
use png::{Decoder, Transformations};
use proptest::prelude::*;

use super::*;

/// A canvas of `colors` colors with something in every corner.
fn canvas(width: u16, height: u16, colors: usize, seed: u64) -> Canvas {
    let gray =
        |index: usize| PaletteColor { rgb: [index as u8, 7, 250], name: format!("c{index}") };
    let palette = Palette::new((0..colors).map(gray).collect()).unwrap();
    let size = Size::new(width, height).unwrap();
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
    let mut canvas = Canvas::begin(&Canvas::genesis(size, palette, rules, 0)).unwrap();
    let entries = (0..size.cells() as u64)
        .map(|index| Entry::Place {
            seat: 1,
            cell: size.cell(index as u32),
            color: ((index * 2_654_435_761 + seed) / 977 % colors as u64) as u8,
        })
        .collect();
    let batch = Batch { first_seq: 2, at_ms: 1_800_000_000_000, entries };
    canvas.apply(&batch).unwrap();
    canvas
}

/// Width, height and RGB of a PNG, as any other program reads it.
fn decode(png: &[u8]) -> (u32, u32, Vec<[u8; 3]>) {
    let mut decoder = Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, ColorType::Rgb);
    let (pixels, rest) = pixels.as_chunks::<3>();
    assert!(rest.is_empty());
    (info.width, info.height, pixels.to_vec())
}

fn assert_shows(canvas: &Canvas, part: Crop, scale: u32, png: &[u8]) {
    let (width, height, pixels) = decode(png);
    assert_eq!(width, u32::from(part.width) * scale);
    assert_eq!(height, u32::from(part.height) * scale);
    for (pixel, index) in pixels.iter().zip(0..) {
        let (x, y) = (index % width / scale, index / width / scale);
        let cell = Cell { x: part.x + x as u16, y: part.y + y as u16 };
        let color = canvas.color_at(cell).unwrap();
        assert_eq!(*pixel, canvas.palette().colors()[usize::from(color)].rgb, "{cell:?}");
    }
}

#[test]
fn every_depth_shows_every_cell() {
    for (colors, depth) in [
        (2, BitDepth::One),
        (3, BitDepth::Two),
        (4, BitDepth::Two),
        (5, BitDepth::Four),
        (16, BitDepth::Four),
        (17, BitDepth::Eight),
        (255, BitDepth::Eight),
    ] {
        let canvas = canvas(19, 17, colors, 3);
        let png = encode(&canvas, "A", Picture::whole(canvas.size())).unwrap();
        assert_shows(&canvas, everything(canvas.size()), 1, &png);
        let reader = Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
        assert_eq!(reader.info().bit_depth, depth, "{colors} colors");
        assert_eq!(reader.info().color_type, ColorType::Indexed);
    }
}

#[test]
fn the_picture_says_what_it_is() {
    let canvas = canvas(16, 16, 2, 0);
    let png = encode(&canvas, "Klasse 5b – Äpfel", Picture::whole(canvas.size())).unwrap();
    let reader = Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
    let info = reader.info();
    let text = |keyword: &str| {
        let mut chunks = info.uncompressed_latin1_text.iter();
        chunks.find(|chunk| chunk.keyword == keyword).unwrap().text.clone()
    };
    assert_eq!(text("Software"), "PLACE");
    assert_eq!(text("place:seq"), "257");
    assert_eq!(text("Creation Time"), "2027-01-15T08:00:00Z");
    assert_eq!(info.utf8_text[0].get_text().unwrap(), "Klasse 5b – Äpfel");
}

#[test]
fn parts_outside_and_giants_are_refused() {
    let size = Size::new(20, 16).unwrap();
    let crop = |x, y, width, height| Some(Crop { x, y, width, height });
    let table = [
        (None, 1, true),
        (None, 32, true),
        (None, 0, false),
        (None, 33, false),
        (crop(0, 0, 20, 16), 1, true),
        (crop(19, 15, 1, 1), 1, true),
        (crop(20, 0, 1, 1), 1, false),
        (crop(0, 16, 1, 1), 1, false),
        (crop(1, 0, 20, 16), 1, false),
        (crop(0, 1, 20, 16), 1, false),
        (crop(0, 0, 0, 1), 1, false),
        (crop(0, 0, 1, 0), 1, false),
        (crop(u16::MAX, 0, u16::MAX, 1), 1, false),
    ];
    for (part, scale, wanted) in table {
        assert_eq!(Picture::scaled(size, part, scale).is_ok(), wanted, "{part:?} {scale}");
    }
    let largest = Size::new(4096, 4096).unwrap();
    assert!(Picture::scaled(largest, None, 2).is_ok());
    assert!(matches!(Picture::scaled(largest, None, 3), Err(PictureError::Pixels(150_994_944))));
}

#[test]
fn thumbnails_fit_their_side() {
    let table = [
        ((16, 16), 320, (320, 320)),
        ((256, 128), 320, (256, 128)),
        ((320, 320), 320, (320, 320)),
        ((400, 100), 320, (320, 80)),
        ((16, 4096), 16, (1, 16)),
        ((1000, 999), 320, (320, 319)),
    ];
    for ((width, height), side, wanted) in table {
        let canvas = canvas(width, height, 32, 1);
        let picture = Picture::thumbnail(canvas.size(), side).unwrap();
        let (width, height, _) = decode(&encode(&canvas, "", picture).unwrap());
        assert_eq!((width, height), wanted);
    }
    let size = Size::new(16, 16).unwrap();
    assert!(Picture::thumbnail(size, 15).is_err());
    assert!(Picture::thumbnail(size, 1025).is_err());
}

#[test]
fn a_shrunk_canvas_keeps_its_average_color() {
    let canvas = canvas(512, 512, 200, 5);
    let average = |pixels: &[[u8; 3]]| {
        pixels.iter().map(|pixel| f64::from(pixel[0])).sum::<f64>() / pixels.len() as f64
    };
    let whole = decode(&encode(&canvas, "", Picture::whole(canvas.size())).unwrap()).2;
    let small = Picture::thumbnail(canvas.size(), 64).unwrap();
    let small = decode(&encode(&canvas, "", small).unwrap()).2;
    assert!((average(&whole) - average(&small)).abs() < 1.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_part_at_any_scale_shows_its_cells(
        (width, height) in (16u16..60, 16u16..60),
        (x, y) in (0u16..60, 0u16..60),
        (columns, rows) in (1u16..60, 1u16..60),
        scale in 1u32..9,
        colors in 2usize..=255,
        seed: u32,
    ) {
        let canvas = canvas(width, height, colors, u64::from(seed));
        let part = Crop { x: x % width, y: y % height, width: columns, height: rows };
        let fits = part.x + columns <= width && part.y + rows <= height;
        let picture = Picture::scaled(canvas.size(), Some(part), scale);
        prop_assert_eq!(picture.is_ok(), fits);
        if let Ok(picture) = picture {
            assert_shows(&canvas, part, scale, &encode(&canvas, "", picture).unwrap());
        }
    }

    #[test]
    fn different_pictures_have_different_names(
        a in (0u16..9, 0u16..9, 1u16..9, 1u16..9, 1u32..9),
        b in (0u16..9, 0u16..9, 1u16..9, 1u16..9, 1u32..9),
    ) {
        let size = Size::new(32, 32).unwrap();
        let picture = |(x, y, width, height, scale)| {
            Picture::scaled(size, Some(Crop { x, y, width, height }), scale).unwrap()
        };
        prop_assert_eq!(a == b, picture(a).to_string() == picture(b).to_string());
    }
}
