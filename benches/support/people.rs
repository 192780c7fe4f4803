//! A class that draws: 30 people, each at a place of their own and in a few
//! colors, with strokes, letters, fills and now and then a lone cell. The same
//! seed gives the same cells in the same order everywhere.

use std::collections::VecDeque;

use place_core::palette::ColorIndex;
use place_core::{Cell, Size};

use super::dice::Dice;

/// A class.
const PEOPLE: u32 = 30;

/// Most colors that one person uses at a time.
const COLORS_MAX: u32 = 4;

/// Time from cell to cell of one figure, in milliseconds: a hand that drags.
const STEP_MS: (u32, u32) = (40, 120);

/// Time between two figures, in milliseconds: to look, and to choose a color.
const PAUSE_MS: (u32, u32) = (400, 4000);

/// Letters of 5 by 7 cells, a row a number: A B C E H I L O T.
const LETTERS: [[u8; 7]; 9] = [
    [14, 17, 17, 31, 17, 17, 17],
    [30, 17, 17, 30, 17, 17, 30],
    [14, 17, 16, 16, 16, 17, 14],
    [31, 16, 16, 30, 16, 16, 31],
    [17, 17, 17, 31, 17, 17, 17],
    [14, 4, 4, 4, 4, 4, 14],
    [16, 16, 16, 16, 16, 16, 31],
    [14, 17, 17, 17, 17, 17, 14],
    [31, 4, 4, 4, 4, 4, 4],
];

/// The eight directions of a stroke, each beside its neighbours.
const DIRECTIONS: [(i32, i32); 8] =
    [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

/// A point that may lie outside the canvas.
type Point = (i32, i32);

/// Somebody.
#[derive(Debug)]
struct Person {
    /// Where their part of the canvas begins.
    home: Point,
    colors: Vec<ColorIndex>,
    color: ColorIndex,
    /// When they place their next cell, in milliseconds.
    due_ms: u64,
    /// The rest of the figure.
    figure: VecDeque<Cell>,
}

/// Everybody.
#[derive(Debug)]
pub(crate) struct People {
    size: Size,
    /// Width and height of one person's part, in cells.
    part: u32,
    persons: Vec<Person>,
    dice: Dice,
}

impl People {
    /// On a canvas of this size, with so many colors.
    pub(crate) fn new(size: Size, colors: usize, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let part = (u32::from(size.width().min(size.height())) / 5).clamp(12, 120);
        let mut at = |side: u16| dice.below(u32::from(side) - part).cast_signed();
        let homes: Vec<Point> =
            (0..PEOPLE).map(|_| (at(size.width()), at(size.height()))).collect();
        let persons = homes
            .into_iter()
            .map(|home| Person {
                home,
                colors: (0..=dice.below(COLORS_MAX))
                    .map(|_| dice.below(colors as u32) as ColorIndex)
                    .collect(),
                color: 0,
                due_ms: u64::from(dice.below(PAUSE_MS.1)),
                figure: VecDeque::new(),
            })
            .collect();
        Self { size, part, persons, dice }
    }

    /// What is placed next, by whoever is due.
    pub(crate) fn place(&mut self) -> (Cell, ColorIndex) {
        loop {
            let due = (0..self.persons.len()).min_by_key(|number| self.persons[*number].due_ms);
            let number = due.expect("there is a class");
            if let Some(cell) = self.persons[number].figure.pop_front() {
                self.wait(number, STEP_MS);
                return (cell, self.persons[number].color);
            }
            self.begin(number);
            self.wait(number, PAUSE_MS);
        }
    }

    fn wait(&mut self, number: usize, (from_ms, to_ms): (u32, u32)) {
        let wait_ms = from_ms + self.dice.below(to_ms - from_ms);
        self.persons[number].due_ms += u64::from(wait_ms);
    }

    /// Has somebody choose a color and something to draw.
    fn begin(&mut self, number: usize) {
        let Person { home, colors, .. } = &self.persons[number];
        let color = colors[self.dice.below(colors.len() as u32) as usize];
        let home = *home;
        let points = match self.dice.below(10) {
            0..=4 => self.stroke(home),
            5..=6 => self.writing(home),
            7..=8 => self.fill(home),
            _ => (0..=self.dice.below(5)).map(|_| self.spot(home)).collect(),
        };
        let cell = |(x, y): Point| {
            let cell = Cell { x: u16::try_from(x).ok()?, y: u16::try_from(y).ok()? };
            self.size.index(cell).map(|_| cell)
        };
        let figure = points.into_iter().filter_map(cell).collect();
        let person = &mut self.persons[number];
        (person.color, person.figure) = (color, figure);
    }

    /// Somewhere in a person's part.
    fn spot(&mut self, home: Point) -> Point {
        let mut along = || self.dice.below(self.part).cast_signed();
        (home.0 + along(), home.1 + along())
    }

    /// A line that bends.
    fn stroke(&mut self, home: Point) -> Vec<Point> {
        let (mut x, mut y) = self.spot(home);
        let mut direction = self.dice.below(8);
        let mut points = Vec::new();
        for _ in 0..8 + self.dice.below(52) {
            points.push((x, y));
            if self.dice.below(4) == 0 {
                direction = (direction + 7 + self.dice.below(3)) % 8;
            }
            let (dx, dy) = DIRECTIONS[direction as usize];
            (x, y) = (x + dx, y + dy);
        }
        points
    }

    /// One to five letters.
    fn writing(&mut self, home: Point) -> Vec<Point> {
        let (mut left, top) = self.spot(home);
        let mut points = Vec::new();
        for _ in 0..=self.dice.below(5) {
            let letter = LETTERS[self.dice.below(LETTERS.len() as u32) as usize];
            for column in 0..5 {
                let inked = (0..).zip(letter).filter(|(_, row)| row >> (4 - column) & 1 == 1);
                points.extend(inked.map(|(row, _)| (left + column, top + row)));
            }
            left += 6;
        }
        points
    }

    /// A rectangle, to and fro.
    fn fill(&mut self, home: Point) -> Vec<Point> {
        let (left, top) = self.spot(home);
        let width = 3 + self.dice.below(13).cast_signed();
        let height = 3 + self.dice.below(9).cast_signed();
        let column = |row: i32, step: i32| if row % 2 == 0 { step } else { width - 1 - step };
        let row = |row| (0..width).map(move |step| (left + column(row, step), top + row));
        (0..height).flat_map(row).collect()
    }
}
