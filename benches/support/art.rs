//! Something like what a class leaves behind: flags, writing, drawings and
//! noise on a white sheet. The same seed gives the same picture everywhere.

use super::dice::Dice;

/// A picture in the making.
struct Sheet {
    side: i32,
    colors: u32,
    cells: Vec<u8>,
    dice: Dice,
}

impl Sheet {
    fn dot(&mut self, x: i32, y: i32, color: u8) {
        if (0..self.side).contains(&x) && (0..self.side).contains(&y) {
            self.cells[(y * self.side + x).unsigned_abs() as usize] = color;
        }
    }

    fn below(&mut self, end: i32) -> i32 {
        self.dice.below(end.unsigned_abs()).cast_signed()
    }

    /// A color other than the sheet's.
    fn color(&mut self) -> u8 {
        (1 + self.dice.below(self.colors - 1)) as u8
    }

    /// A corner for something of this size.
    fn spot(&mut self, width: i32, height: i32) -> (i32, i32) {
        (self.below((self.side - width).max(1)), self.below((self.side - height).max(1)))
    }

    /// Three stripes, or a cross.
    fn flag(&mut self) {
        let (width, height) = (24 + self.below(60), 16 + self.below(40));
        let (left, top) = self.spot(width, height);
        let stripes = [self.color(), self.color(), self.color()];
        let style = self.below(3);
        for y in 0..height {
            for x in 0..width {
                let part = match style {
                    0 => y * 3 / height,
                    1 => x * 3 / width,
                    _ => i32::from((x - width / 3).abs() < 4 || (y - height / 2).abs() < 4),
                };
                self.dot(left + x, top + y, stripes[part.unsigned_abs() as usize]);
            }
        }
    }

    /// Lines of letters: each a few strokes in a box of five by seven.
    fn writing(&mut self) {
        let letters = 4 + self.below(20);
        let (left, top) = self.spot(letters * 6, 8);
        let color = self.color();
        for letter in 0..letters {
            let (x, strokes) = (left + letter * 6, 2 + self.below(3));
            for _ in 0..strokes {
                let (along, at) = (self.below(2), self.below(3) * 2);
                for step in 0..(if along == 0 { 5 } else { 7 }) {
                    let (dx, dy) = if along == 0 { (step, at * 3 / 2) } else { (at, step) };
                    self.dot(x + dx, top + dy, color);
                }
            }
        }
    }

    /// A body of a few blobs with an outline.
    fn drawing(&mut self) {
        let (left, top) = self.spot(80, 80);
        let (outline, fill) = (self.color(), self.color());
        for _ in 0..3 + self.below(4) {
            let (cx, cy) = (left + self.below(60), top + self.below(60));
            let radius = 4 + self.below(14);
            for y in -radius..=radius {
                for x in -radius..=radius {
                    let distance = x * x + y * y;
                    if distance <= radius * radius {
                        let edge = distance > (radius - 1) * (radius - 1);
                        self.dot(cx + x, cy + y, if edge { outline } else { fill });
                    }
                }
            }
        }
    }

    /// A patch in which everybody fights for every cell.
    fn noise(&mut self) {
        let (width, height) = (10 + self.below(60), 10 + self.below(60));
        let (left, top) = self.spot(width, height);
        for y in 0..height {
            for x in 0..width {
                let color = self.color();
                self.dot(left + x, top + y, color);
            }
        }
    }
}

/// How much of the sheet is drawn on.
#[allow(dead_code, reason = "not every bench draws all of them")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// Nothing.
    Empty,
    /// Over a third of it.
    Half,
    /// Three quarters of it.
    Full,
    /// Every cell by chance: nothing that a codec could find.
    Noise,
}

/// The picture's cells, row by row.
pub(crate) fn cells(side: u16, colors: usize, seed: u64, fill: Fill) -> Vec<u8> {
    let mut sheet = Sheet {
        side: i32::from(side),
        colors: colors as u32,
        cells: vec![0; usize::from(side) * usize::from(side)],
        dice: Dice(seed),
    };
    let area = sheet.side * sheet.side;
    // Cells of the sheet for each flag, drawing and two lines of writing.
    let roomy = match fill {
        Fill::Empty => return sheet.cells,
        Fill::Half => 14_000,
        Fill::Full => 5000,
        Fill::Noise => {
            let Sheet { cells, dice, .. } = &mut sheet;
            cells.fill_with(|| dice.below(colors as u32) as u8);
            return sheet.cells;
        }
    };
    for _ in 0..area / roomy {
        sheet.flag();
        sheet.drawing();
        sheet.writing();
        sheet.writing();
    }
    for _ in 0..area / roomy / 4 {
        sheet.noise();
    }
    // Stray cells: whoever passes by leaves one.
    for _ in 0..area / roomy * 100 {
        let ((x, y), color) = (sheet.spot(1, 1), sheet.color());
        sheet.dot(x, y, color);
    }
    sheet.cells
}
