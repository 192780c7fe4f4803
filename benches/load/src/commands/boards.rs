//! `boards`: bytes and time of the first load, for several pictures, packed in
//! several ways and by several compressors.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::Output;
use crate::art::{self, Fill};
use crate::stage::LoadError;

/// Quick ones are timed so often; the best time counts.
const ROUNDS: u32 = 3;

/// What takes longer than this is timed once.
const SLOW: Duration = Duration::from_millis(300);

/// Bytes ahead of the cells of a board.
const HEADER: [u8; 16] = *b"PLC1\xe8\x03\xe8\x03\x2a\0\0\0\0\0\0\0";

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave out what takes seconds a picture: brotli 11, zstd 19.
    #[arg(long)]
    quick: bool,
}

/// A picture.
#[derive(Clone, Debug)]
struct Picture {
    side: u16,
    colors: usize,
    cells: Vec<u8>,
}

/// Makes the bytes that would travel.
type Way = fn(&Picture) -> Vec<u8>;

const WAYS: [(&str, bool, Way); 15] = [
    ("plain", false, |picture| board(&picture.cells)),
    ("indexed PNG", false, png),
    ("gzip 1", false, |picture| gzip(&board(&picture.cells), 1)),
    ("gzip 4", false, |picture| gzip(&board(&picture.cells), 4)),
    ("gzip 6", false, |picture| gzip(&board(&picture.cells), 6)),
    ("gzip 6, miniz_oxide", false, |picture| {
        miniz_oxide::deflate::compress_to_vec(&board(&picture.cells), 6)
    }),
    ("gzip 9", false, |picture| gzip(&board(&picture.cells), 9)),
    ("4 bits a cell, gzip 6", false, |picture| gzip(&board(&nibbles(picture)), 6)),
    ("xor with the row above, gzip 6", false, |picture| gzip(&board(&rows(picture)), 6)),
    ("bands of 8 rows, gzip 6", false, |picture| gzip(&board(&bands(picture)), 6)),
    ("zstd 3", false, |picture| zstd(picture, 3)),
    ("zstd 19", true, |picture| zstd(picture, 19)),
    ("brotli 5", false, |picture| brotli(picture, 5)),
    ("brotli 9", false, |picture| brotli(picture, 9)),
    ("brotli 11", true, |picture| brotli(picture, 11)),
];

/// One way with one picture.
#[derive(Debug, Serialize)]
struct Row {
    way: &'static str,
    bytes: usize,
    ms: f64,
}

/// All ways with one picture.
#[derive(Debug, Serialize)]
struct Table {
    side: u16,
    colors: usize,
    fill: String,
    rows: Vec<Row>,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let mut tables = Vec::new();
    for (side, colors) in [(256, 16), (1000, 16), (1000, 32), (2000, 32)] {
        for fill in [Fill::Empty, Fill::Half, Fill::Full, Fill::Noise] {
            let picture = Picture { side, colors, cells: art::cells(side, colors, 1, fill) };
            let rows = WAYS
                .iter()
                .filter(|(_, slow, _)| !(args.quick && *slow))
                .filter(|(way, ..)| colors <= 16 || !way.starts_with("4 bits"))
                .map(|(way, _, pack)| measure(way, &picture, *pack))
                .collect();
            tables.push(Table { side, colors, fill: format!("{fill:?}").to_lowercase(), rows });
        }
    }
    output.show(&tables, |tables| text(tables));
    Ok(true)
}

fn measure(way: &'static str, picture: &Picture, pack: Way) -> Row {
    let mut best = Duration::MAX;
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        bytes = pack(picture).len();
        best = best.min(began.elapsed());
        if best > SLOW {
            break;
        }
    }
    Row { way, bytes, ms: best.as_secs_f64() * 1e3 }
}

fn board(cells: &[u8]) -> Vec<u8> {
    [&HEADER, cells].concat()
}

/// Two cells a byte.
fn nibbles(picture: &Picture) -> Vec<u8> {
    picture.cells.chunks(2).map(|pair| pair[0] | pair.get(1).unwrap_or(&0) << 4).collect()
}

/// Each cell compared with the one above it, so that equal rows become zeros.
fn rows(picture: &Picture) -> Vec<u8> {
    let Picture { side, cells, .. } = picture;
    let above = std::iter::repeat_n(&0, usize::from(*side)).chain(cells);
    cells.iter().zip(above).map(|(cell, above)| cell ^ above).collect()
}

/// The order of cells that deltas use.
fn bands(picture: &Picture) -> Vec<u8> {
    let side = usize::from(picture.side);
    let mut out = Vec::with_capacity(picture.cells.len());
    for band in picture.cells.chunks(8 * side) {
        for x in 0..side {
            out.extend(band.iter().skip(x).step_by(side));
        }
    }
    out
}

fn gzip(plain: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(plain).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn zstd(picture: &Picture, level: i32) -> Vec<u8> {
    zstd::bulk::compress(&board(&picture.cells), level).expect("memory takes it")
}

fn brotli(picture: &Picture, quality: i32) -> Vec<u8> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut board(&picture.cells).as_slice(), &mut out, &parameters)
        .expect("memory takes it");
    out
}

/// As the server writes its pictures, without names of colors.
fn png(picture: &Picture) -> Vec<u8> {
    let Picture { side, colors, cells } = picture;
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, u32::from(*side), u32::from(*side));
    let packed = *colors <= 16;
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(if packed { png::BitDepth::Four } else { png::BitDepth::Eight });
    encoder.set_palette(vec![0; 3 * colors]);
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_filter(png::Filter::NoFilter);
    let pairs = |row: &[u8]| -> Vec<u8> {
        row.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
    };
    let data: Vec<u8> = if packed {
        cells.chunks(usize::from(*side)).flat_map(pairs).collect()
    } else {
        cells.clone()
    };
    let mut writer = encoder.write_header().expect("memory takes it");
    writer.write_image_data(&data).expect("the rows are whole");
    writer.finish().expect("memory takes it");
    out
}

/// A row a way, a column a fill.
fn text(tables: &Vec<Table>) -> String {
    let mut out = String::new();
    for of_shape in tables.chunk_by(|a, b| (a.side, a.colors) == (b.side, b.colors)) {
        let Table { side, colors, .. } = &of_shape[0];
        let fills: Vec<_> = of_shape.iter().map(|table| table.fill.as_str()).collect();
        out += &format!("\n| {side}², {colors} colors | {} |\n", fills.join(" | "));
        out += &format!("|---|{}\n", "---|".repeat(fills.len()));
        for (number, row) in of_shape[0].rows.iter().enumerate() {
            let cell = |table: &Table| {
                let Row { bytes, ms, .. } = table.rows[number];
                format!(" {bytes} B, {ms:.1} ms |")
            };
            out += &format!("| {} |{}\n", row.way, of_shape.iter().map(cell).collect::<String>());
        }
    }
    out
}
