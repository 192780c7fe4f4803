//! A canvas as a PNG: indexed like the canvas itself, or a small preview.

use std::fmt;

use image::RgbImage;
use image::imageops;
use place_core::cooldown::Millis;
use place_core::{Canvas, Palette, Size};
use png::{BitDepth, ColorType, Compression, DeflateCompression, Encoder, EncodingError, Filter};

use super::name::Name;

/// Largest factor: a cell of 32 pixels fills a poster.
pub const SCALE_MAX: u32 = 32;

/// Largest picture, in pixels: 8192² is what browsers still show.
pub const PIXELS_MAX: u64 = 8192 * 8192;

/// Smallest preview, in pixels: an icon.
pub const THUMBNAIL_MIN_PX: u32 = 16;

/// Largest preview, in pixels: half a screen.
pub const THUMBNAIL_MAX_PX: u32 = 1024;

/// Deflate level of pictures. A noisy 1000² takes 24 ms; level 1 takes 8 ms for
/// a tenth more bytes, higher ones gain next to nothing.
const DEFLATE_LEVEL: u8 = 4;

/// The part of a canvas that is shown, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl fmt::Display for Crop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { x, y, width, height } = self;
        write!(out, "the part of {width} x {height} cells from column {x}, row {y}")
    }
}

/// What a picture shows of a canvas, and how large. It fits the canvas whose
/// size it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    part: Crop,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Every cell a square of so many pixels.
    Cells(u32),
    /// Shrunk to this width and height.
    Shrunk(u32, u32),
}

/// Why a picture can't be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The part is empty or not wholly on the canvas.
    #[error("{part} is not on a canvas of {} x {} cells", size.width(), size.height())]
    Crop {
        /// What was asked for.
        part: Crop,
        /// The canvas.
        size: Size,
    },
    /// Not a factor.
    #[error("a scale is 1 to {SCALE_MAX}, not {0}")]
    Scale(u32),
    /// More pixels than anybody can look at.
    #[error(
        "a picture has at most {PIXELS_MAX} pixels, this one would have {0}; crop it or scale it less"
    )]
    Pixels(u64),
    /// Not a size for a preview.
    #[error("a thumbnail is {THUMBNAIL_MIN_PX} to {THUMBNAIL_MAX_PX} pixels wide, not {0}")]
    Thumbnail(u32),
    /// The encoder failed.
    #[error("the picture can't be encoded: {0}")]
    Encode(#[from] EncodingError),
}

impl Picture {
    /// The whole canvas, a pixel a cell.
    pub fn whole(size: Size) -> Self {
        Self { part: everything(size), form: Form::Cells(1) }
    }

    /// A part of the canvas, or all of it, with `scale` pixels for the side of
    /// a cell.
    pub fn scaled(size: Size, part: Option<Crop>, scale: u32) -> Result<Self, PictureError> {
        let part = part.unwrap_or(everything(size));
        let fits = |start: u16, length: u16, side: u16| {
            length > 0 && u32::from(start) + u32::from(length) <= u32::from(side)
        };
        if !fits(part.x, part.width, size.width()) || !fits(part.y, part.height, size.height()) {
            return Err(PictureError::Crop { part, size });
        }
        if !(1..=SCALE_MAX).contains(&scale) {
            return Err(PictureError::Scale(scale));
        }
        let cells = u64::from(part.width) * u64::from(part.height);
        let pixels = cells * u64::from(scale) * u64::from(scale);
        if pixels > PIXELS_MAX {
            return Err(PictureError::Pixels(pixels));
        }
        Ok(Self { part, form: Form::Cells(scale) })
    }

    /// The whole canvas, at most `max_px` pixels wide and high. A canvas that is
    /// smaller is enlarged by a whole factor, so that its cells stay crisp.
    pub fn thumbnail(size: Size, max_px: u32) -> Result<Self, PictureError> {
        if !(THUMBNAIL_MIN_PX..=THUMBNAIL_MAX_PX).contains(&max_px) {
            return Err(PictureError::Thumbnail(max_px));
        }
        let (width, height) = (u32::from(size.width()), u32::from(size.height()));
        let longer = width.max(height);
        let form = if longer <= max_px {
            Form::Cells((max_px / longer).min(SCALE_MAX))
        } else {
            let shrink = |length: u32| (length * max_px / longer).max(1);
            Form::Shrunk(shrink(width), shrink(height))
        };
        Ok(Self { part: everything(size), form })
    }
}

/// Short and different for different pictures: a part of the `ETag`.
impl fmt::Display for Picture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Crop { x, y, width, height } = self.part;
        match self.form {
            Form::Cells(scale) => write!(out, "{width}x{height}+{x}+{y}@{scale}"),
            Form::Shrunk(width, height) => write!(out, "thumb{width}x{height}"),
        }
    }
}

fn everything(size: Size) -> Crop {
    Crop { x: 0, y: 0, width: size.width(), height: size.height() }
}

/// A canvas as a PNG, dated with its last change.
pub fn encode(canvas: &Canvas, title: &str, picture: Picture) -> Result<Vec<u8>, PictureError> {
    encode_at(canvas, title, picture, canvas.at_ms())
}

/// A canvas as a PNG, dated.
pub fn encode_at(
    canvas: &Canvas,
    title: &str,
    picture: Picture,
    at_ms: Millis,
) -> Result<Vec<u8>, PictureError> {
    let about = About { title, name: Name::new(canvas.seq(), at_ms) };
    match picture.form {
        Form::Cells(scale) => indexed(canvas, picture.part, scale, &about),
        Form::Shrunk(width, height) => shrunk(canvas, width, height, &about),
    }
}

/// What is written into the picture beside its pixels.
struct About<'a> {
    title: &'a str,
    name: Name,
}

impl About<'_> {
    fn write(&self, encoder: &mut Encoder<'_, &mut Vec<u8>>) -> Result<(), EncodingError> {
        encoder.add_text_chunk("Software".to_owned(), "PLACE".to_owned())?;
        encoder.add_text_chunk("place:seq".to_owned(), self.name.seq.to_string())?;
        encoder.add_text_chunk("Creation Time".to_owned(), self.name.rfc3339())?;
        // Names may be in any script, which only this kind of chunk can hold.
        encoder.add_itxt_chunk("Title".to_owned(), self.title.to_owned())
    }
}

fn indexed(
    canvas: &Canvas,
    part: Crop,
    scale: u32,
    about: &About,
) -> Result<Vec<u8>, PictureError> {
    let depth = depth_for(canvas.palette());
    let (width, height) = (u32::from(part.width) * scale, u32::from(part.height) * scale);
    let rows = rows(canvas, part, scale, depth);
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(depth);
    let colors = canvas.palette().colors();
    encoder.set_palette(colors.iter().flat_map(|color| color.rgb).collect::<Vec<u8>>());
    encoder.set_deflate_compression(DeflateCompression::Level(DEFLATE_LEVEL));
    // Filters predict brightness; between palette indices there is nothing to
    // predict, and they only add noise. But the rows of an enlarged cell are
    // the same, and then `Up` makes all but the first of them zero.
    encoder.set_filter(if scale == 1 { Filter::NoFilter } else { Filter::Up });
    about.write(&mut encoder)?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rows)?;
    writer.finish()?;
    Ok(png)
}

/// The fewest bits that hold every index.
fn depth_for(palette: &Palette) -> BitDepth {
    match Palette::bits_for(palette.len()) {
        1 => BitDepth::One,
        2 => BitDepth::Two,
        3 | 4 => BitDepth::Four,
        _ => BitDepth::Eight,
    }
}

/// The rows of the picture, each packed into whole bytes from its highest bit
/// down.
fn rows(canvas: &Canvas, part: Crop, scale: u32, depth: BitDepth) -> Vec<u8> {
    let bits = depth as usize;
    let columns = usize::from(canvas.size().width());
    let scale = scale as usize;
    let row_bytes = (usize::from(part.width) * scale * bits).div_ceil(8);
    let mut rows = Vec::with_capacity(row_bytes * usize::from(part.height) * scale);
    let mut row = Vec::with_capacity(row_bytes);
    for y in part.y..part.y + part.height {
        let start = usize::from(y) * columns + usize::from(part.x);
        let cells = &canvas.cells()[start..start + usize::from(part.width)];
        row.clear();
        if bits == 8 {
            row.extend(cells.iter().flat_map(|color| std::iter::repeat_n(*color, scale)));
        } else {
            pack(cells, scale, bits, &mut row);
        }
        for _ in 0..scale {
            rows.extend_from_slice(&row);
        }
    }
    rows
}

fn pack(cells: &[u8], scale: usize, bits: usize, row: &mut Vec<u8>) {
    let (mut byte, mut free_bits) = (0, 8);
    for color in cells {
        for _ in 0..scale {
            free_bits -= bits;
            byte |= color << free_bits;
            if free_bits == 0 {
                row.push(byte);
                (byte, free_bits) = (0, 8);
            }
        }
    }
    if free_bits < 8 {
        row.push(byte);
    }
}

/// A preview in true color: cells melt into each other, so that a palette no
/// longer does.
fn shrunk(
    canvas: &Canvas,
    width: u32,
    height: u32,
    about: &About,
) -> Result<Vec<u8>, PictureError> {
    let colors = canvas.palette().colors();
    let pixels = canvas.cells().iter().flat_map(|color| colors[usize::from(*color)].rgb).collect();
    let (columns, rows) = (u32::from(canvas.size().width()), u32::from(canvas.size().height()));
    let full = RgbImage::from_raw(columns, rows, pixels).expect("three bytes a cell");
    // Averages whole boxes: as good as a triangle filter at these factors, in a
    // third of the time (4096² in 0.27 s instead of 0.69 s).
    let small = imageops::thumbnail(&full, width, height);
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_compression(Compression::Balanced);
    about.write(&mut encoder)?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&small)?;
    writer.finish()?;
    Ok(png)
}

#[cfg(test)]
mod tests;
