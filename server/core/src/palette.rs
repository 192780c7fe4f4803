//! Palettes: named colors, read from GIMP `.gpl` and Lospec `.hex` files.

use bincode::{Decode, Encode};

use crate::limits::{COLOR_NAME_MAX_CHARS, PALETTE_MAX_COLORS, PALETTE_MIN_COLORS};

/// An index into a canvas's palette.
pub type ColorIndex = u8;

/// One color with the name that people and screen readers use for it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PaletteColor {
    /// Red, green and blue, 0 to 255 each, in sRGB.
    pub rgb: [u8; 3],
    /// What the color is called.
    pub name: String,
}

impl PaletteColor {
    /// The color as `#rrggbb`.
    pub fn hex(&self) -> String {
        let [r, g, b] = self.rgb;
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// The colors of a canvas, in order; index 0 is the color of an empty cell.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Palette(Vec<PaletteColor>);

/// What is wrong with a palette.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaletteError {
    /// Too few or too many colors.
    #[error("a palette has {PALETTE_MIN_COLORS} to {PALETTE_MAX_COLORS} colors, this one has {0}")]
    Count(usize),
    /// A line that can't be read; lines are counted from 1.
    #[error("line {line} is not a color: {text:?}")]
    Line {
        /// Which line, counted from 1.
        line: usize,
        /// The first characters of it.
        text: String,
    },
    /// A color name that is too long.
    #[error("a color's name has at most {COLOR_NAME_MAX_CHARS} characters: {0:?}")]
    Name(String),
}

impl Palette {
    /// A palette of these colors.
    pub fn new(colors: Vec<PaletteColor>) -> Result<Self, PaletteError> {
        if !(PALETTE_MIN_COLORS..=PALETTE_MAX_COLORS).contains(&colors.len()) {
            return Err(PaletteError::Count(colors.len()));
        }
        match colors.iter().find(|color| color.name.chars().count() > COLOR_NAME_MAX_CHARS) {
            Some(color) => {
                Err(PaletteError::Name(color.name.chars().take(COLOR_NAME_MAX_CHARS).collect()))
            }
            None => Ok(Self(colors)),
        }
    }

    /// Reads a GIMP palette (`.gpl`) or a list of hex colors (`.hex`); which of
    /// the two shows in the first line.
    pub fn parse(text: &str) -> Result<Self, PaletteError> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with("GIMP Palette") {
            Self::collect(text, gimp_line)
        } else {
            Self::collect(text, hex_line)
        }
    }

    fn collect(
        text: &str,
        read: fn(&str) -> Result<Option<PaletteColor>, ()>,
    ) -> Result<Self, PaletteError> {
        let mut colors = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let wrong =
                |()| PaletteError::Line { line: number + 1, text: line.chars().take(40).collect() };
            colors.extend(read(line.trim()).map_err(wrong)?);
            if colors.len() > PALETTE_MAX_COLORS {
                return Err(PaletteError::Count(colors.len()));
            }
        }
        Self::new(colors)
    }

    /// The colors in order.
    pub fn colors(&self) -> &[PaletteColor] {
        &self.0
    }

    /// How many colors there are.
    #[allow(clippy::len_without_is_empty, reason = "a palette is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the palette has this color.
    pub fn contains(&self, color: ColorIndex) -> bool {
        usize::from(color) < self.0.len()
    }

    /// Bits that hold any color of a palette of `colors` colors: at least one.
    pub const fn bits_for(colors: usize) -> u32 {
        let highest = colors.saturating_sub(1);
        let bits = usize::BITS - highest.leading_zeros();
        if bits == 0 { 1 } else { bits }
    }
}

impl<C> Decode<C> for Palette {
    fn decode<D: bincode::de::Decoder<Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, bincode::error::DecodeError> {
        Self::new(Vec::decode(decoder)?)
            .map_err(|_| bincode::error::DecodeError::Other("palette out of range"))
    }
}

bincode::impl_borrow_decode!(Palette);

/// One line of a `.gpl` file: three numbers and a name, or a header or comment.
fn gimp_line(line: &str) -> Result<Option<PaletteColor>, ()> {
    let header = ["GIMP Palette", "Name:", "Columns:", "#"];
    if line.is_empty() || header.iter().any(|start| line.starts_with(start)) {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let mut rgb = [0; 3];
    for part in &mut rgb {
        *part = words.next().ok_or(())?.parse().map_err(|_| ())?;
    }
    Ok(Some(named(rgb, &words.collect::<Vec<_>>().join(" "))))
}

/// One line of a `.hex` file: `rrggbb`, with or without a leading `#`; a name
/// may follow. `;` and `//` begin comments.
fn hex_line(line: &str) -> Result<Option<PaletteColor>, ()> {
    if line.is_empty() || line.starts_with(';') || line.starts_with("//") {
        return Ok(None);
    }
    let (digits, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let digits = digits.strip_prefix('#').unwrap_or(digits);
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(());
    }
    let value = u32::from_str_radix(digits, 16).map_err(|_| ())?;
    let [_, r, g, b] = value.to_be_bytes();
    Ok(Some(named([r, g, b], name.trim())))
}

/// A color without a name of its own is called by its hex value.
fn named(rgb: [u8; 3], name: &str) -> PaletteColor {
    let mut color = PaletteColor { rgb, name: name.to_owned() };
    if color.name.is_empty() || color.name.eq_ignore_ascii_case("untitled") {
        color.name = color.hex();
    }
    color
}
