//! Changed cells in few bits: which cells, and which colors.
//!
//! Cells are numbered so that neighbours have numbers close to each other (see
//! [`number`]) and sorted; what is written are the gaps between the numbers.
//! There are two codes for gaps and colors: one for cells anywhere, one for
//! what people draw. The encoder takes the shorter one.

use super::WireError;
use super::bits::{BitReader, BitWriter};
use crate::geometry::Size;
use crate::limits::CATCH_UP_MAX_CHANGES;
use crate::palette::{ColorIndex, Palette};

/// Rows of a band. With eight, a cell's neighbours above and below are mostly
/// one number away and those beside it eight: strokes in both directions and
/// letters become runs of small gaps. Sixteen make drawings 1 % shorter on 2000²
/// and 2 to 6 % longer on 256² (`benches/README.md`).
const BAND_ROWS: u32 = 8;

/// Largest Rice parameter: a gap is below 2^24, the cells of the largest canvas.
pub const RICE_MAX: u32 = 24;

/// Most bits of a short gap in the code for drawings.
pub const SHORT_MAX_BITS: u32 = 7;

/// How gaps and colors are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// For cells anywhere: each gap Rice coded, then the color.
    Scattered {
        /// The Rice parameter, at most [`RICE_MAX`].
        rice: u32,
    },
    /// For drawings: a step is one of four kinds (see [`Step`]).
    Drawn {
        /// Bits of a short gap, at most [`SHORT_MAX_BITS`].
        short: u32,
        /// The Rice parameter of other gaps, at most [`RICE_MAX`].
        rice: u32,
    },
}

/// The kinds of steps in the code for drawings, by the number of one bits that
/// they begin with; the last has no zero bit behind them.
enum Step {
    /// `0`: the next cell, in the same color.
    Next,
    /// `10`: a short gap, the same color.
    Same,
    /// `110`: a short gap, a color.
    Short,
    /// `111`: any gap, Rice coded, a color.
    Far,
}

/// A change as it is written: the distance from the one before, less the one
/// that it is at least, and the color.
type Gap = (u32, ColorIndex);

/// The number of the cell with this index. Cells are numbered in bands of eight
/// rows (the last band may be lower), from the top; in a band column by column
/// from the left; in a column from the top.
pub fn number(size: Size, index: u32) -> u32 {
    let cell = size.cell(index);
    let band = u32::from(cell.y) / BAND_ROWS;
    let first = band * BAND_ROWS;
    first * u32::from(size.width())
        + u32::from(cell.x) * band_rows(size, band)
        + (u32::from(cell.y) - first)
}

/// The index of the cell with this number: the inverse of [`number`].
pub fn index(size: Size, number: u32) -> u32 {
    let width = u32::from(size.width());
    let band = number / (BAND_ROWS * width);
    let within = number - band * BAND_ROWS * width;
    let rows = band_rows(size, band);
    (band * BAND_ROWS + within % rows) * width + within / rows
}

/// Rows of a band: eight, or what is left for the last one.
fn band_rows(size: Size, band: u32) -> u32 {
    BAND_ROWS.min(u32::from(size.height()) - band * BAND_ROWS)
}

/// Changes, ready to be written.
#[derive(Debug)]
pub struct Gaps {
    gaps: Vec<Gap>,
    color_bits: u32,
}

impl Gaps {
    /// Of changes with cell index and color, each cell once.
    pub fn new(changes: &[(u32, ColorIndex)], size: Size, colors: usize) -> Self {
        let mut gaps: Vec<Gap> =
            changes.iter().map(|(index, color)| (number(size, *index), *color)).collect();
        gaps.sort_unstable_by_key(|(number, _)| *number);
        let mut next = 0;
        for (number, _) in &mut gaps {
            let gap = *number - next;
            next = *number + 1;
            *number = gap;
        }
        Self { gaps, color_bits: Palette::bits_for(colors) }
    }

    /// The code that takes the fewest bytes.
    pub fn best_code(&self) -> Code {
        let scattered = self.best_scattered();
        let drawn = self.best_drawn();
        if self.bits(drawn) + 8 < self.bits(scattered) { drawn } else { scattered }
    }

    /// The Rice parameter with the fewest bits. The cost has one minimum near
    /// the logarithm of the mean gap, so the neighbours of that are enough.
    fn best_scattered(&self) -> Code {
        let sum = self.gaps.iter().map(|(gap, _)| u64::from(*gap)).sum();
        let guess = rice_guess(sum, self.gaps.len() as u64);
        (guess.saturating_sub(1)..=(guess + 1).min(RICE_MAX))
            .map(|rice| Code::Scattered { rice })
            .min_by_key(|code| self.bits(*code))
            .unwrap_or(Code::Scattered { rice: guess })
    }

    /// Tries each number of bits for short gaps, from counts of the gaps by
    /// their length in bits, which need the changes to be looked at only once.
    fn best_drawn(&self) -> Code {
        let counts = Counts::of(&self.gaps);
        let (short, rice, _) = (0..=SHORT_MAX_BITS)
            .map(|short| counts.estimate(short, self.color_bits))
            .min_by_key(|(_, _, bits)| *bits)
            .expect("there is a first");
        Code::Drawn { short, rice }
    }

    /// Length in a code, in bits.
    pub fn bits(&self, code: Code) -> u64 {
        let mut before = 0;
        let bits = |(gap, color): &Gap| {
            let same = *color == std::mem::replace(&mut before, *color);
            u64::from(match code {
                Code::Scattered { rice } => (gap >> rice) + 1 + rice + self.color_bits,
                Code::Drawn { short, rice } => match step(*gap, same, short) {
                    Step::Next => 1,
                    Step::Same => 2 + short,
                    Step::Short => 3 + short + self.color_bits,
                    Step::Far => 3 + (gap >> rice) + 1 + rice + self.color_bits,
                },
            })
        };
        self.gaps.iter().map(bits).sum()
    }

    /// Appends the changes in a code; the last byte is filled with one bits.
    pub fn put(&self, out: &mut Vec<u8>, code: Code) {
        let mut bits = BitWriter::new(out);
        let mut before = 0;
        for (gap, color) in &self.gaps {
            let same = *color == std::mem::replace(&mut before, *color);
            match code {
                Code::Scattered { rice } => self.put_far(&mut bits, rice, (*gap, *color)),
                Code::Drawn { short, rice } => match step(*gap, same, short) {
                    Step::Next => bits.put(0b0, 1),
                    Step::Same => {
                        bits.put(0b10, 2);
                        bits.put(*gap, short);
                    }
                    Step::Short => {
                        bits.put(0b110, 3);
                        bits.put(*gap, short);
                        bits.put(u32::from(*color), self.color_bits);
                    }
                    Step::Far => {
                        bits.put(0b111, 3);
                        self.put_far(&mut bits, rice, (*gap, *color));
                    }
                },
            }
        }
        bits.finish();
    }

    fn put_far(&self, bits: &mut BitWriter<'_>, rice: u32, (gap, color): Gap) {
        bits.put_unary(gap >> rice);
        bits.put(gap, rice);
        bits.put(u32::from(color), self.color_bits);
    }
}

/// The shortest step for a gap.
fn step(gap: u32, same: bool, short: u32) -> Step {
    match (gap, same) {
        (0, true) => Step::Next,
        (gap, true) if gap >> short == 0 => Step::Same,
        (gap, false) if gap >> short == 0 => Step::Short,
        _ => Step::Far,
    }
}

/// The logarithm of the mean of numbers, rounded down.
fn rice_guess(sum: u64, count: u64) -> u32 {
    sum.checked_div(count).and_then(u64::checked_ilog2).unwrap_or(0).min(RICE_MAX)
}

/// Lengths of a gap, in bits: 0 to 24.
const LENGTHS: usize = RICE_MAX as usize + 1;

/// How many gaps there are of each length in bits.
#[derive(Default)]
struct Counts {
    next: u64,
    same: [u64; LENGTHS],
    other: [u64; LENGTHS],
    sums: [u64; LENGTHS],
}

impl Counts {
    fn of(gaps: &[Gap]) -> Self {
        let mut counts = Self::default();
        let mut before = 0;
        for (gap, color) in gaps {
            let bits = (u32::BITS - gap.leading_zeros()) as usize;
            let same = *color == std::mem::replace(&mut before, *color);
            counts.next += u64::from(same && bits == 0);
            counts.same[bits] += u64::from(same && bits > 0);
            counts.other[bits] += u64::from(!same);
            counts.sums[bits] += u64::from(*gap);
        }
        counts
    }

    /// With so many bits for short gaps: the Rice parameter for the others, and
    /// the length in bits, near enough to compare.
    fn estimate(&self, short: u32, color_bits: u32) -> (u32, u32, u64) {
        let (near, far) = (..=short as usize, short as usize + 1..);
        let count = |counts: &[u64]| counts.iter().sum::<u64>();
        let sum = count(&self.sums[far.clone()]);
        let far = count(&self.same[far.clone()]) + count(&self.other[far]);
        let rice = rice_guess(sum, far);
        let bits = self.next
            + count(&self.same[near]) * u64::from(2 + short)
            + count(&self.other[near]) * u64::from(3 + short + color_bits)
            + far * u64::from(4 + rice + color_bits)
            + (sum >> rice);
        (short, rice, bits)
    }
}

/// Reads changes to the end of `bytes`, for a canvas of this size and number of
/// colors; sorted by index, each cell once.
pub fn decode(
    bytes: &[u8],
    code: Code,
    size: Size,
    colors: usize,
) -> Result<Vec<(u32, ColorIndex)>, WireError> {
    let mut reader = Reader {
        bits: BitReader::new(bytes),
        cells: size.cells() as u32,
        colors,
        color_bits: Palette::bits_for(colors),
        next: 0,
        before: 0,
    };
    let mut changes = Vec::new();
    while !reader.bits.is_done() {
        if changes.len() == CATCH_UP_MAX_CHANGES {
            return Err(WireError::Range("count"));
        }
        let (number, color) = reader.change(code)?;
        changes.push((index(size, number), color));
    }
    changes.sort_unstable_by_key(|(index, _)| *index);
    Ok(changes)
}

struct Reader<'a> {
    bits: BitReader<'a>,
    /// Cells of the canvas.
    cells: u32,
    colors: usize,
    color_bits: u32,
    /// The number behind the last one read.
    next: u32,
    /// The last color read.
    before: ColorIndex,
}

impl Reader<'_> {
    fn change(&mut self, code: Code) -> Result<Gap, WireError> {
        let (gap, color) = match code {
            Code::Scattered { rice } => (self.far(rice)?, None),
            Code::Drawn { short, rice } => match self.step()? {
                Step::Next => (0, Some(self.before)),
                Step::Same => (self.bits.take(short)?, Some(self.before)),
                Step::Short => (self.bits.take(short)?, None),
                Step::Far => (self.far(rice)?, None),
            },
        };
        let number = self.next.checked_add(gap).filter(|number| *number < self.cells);
        let number = number.ok_or(WireError::Range("cell"))?;
        let color = match color {
            Some(color) => color,
            None => self.color()?,
        };
        (self.next, self.before) = (number + 1, color);
        Ok((number, color))
    }

    fn step(&mut self) -> Result<Step, WireError> {
        for step in [Step::Next, Step::Same, Step::Short] {
            if self.bits.take(1)? == 0 {
                return Ok(step);
            }
        }
        Ok(Step::Far)
    }

    fn far(&mut self, rice: u32) -> Result<u32, WireError> {
        let high = self.bits.take_unary(self.cells >> rice)?;
        Ok((high << rice) | self.bits.take(rice)?)
    }

    fn color(&mut self) -> Result<ColorIndex, WireError> {
        let color = self.bits.take(self.color_bits)?;
        if (color as usize) < self.colors {
            Ok(color as ColorIndex)
        } else {
            Err(WireError::Range("color"))
        }
    }
}
