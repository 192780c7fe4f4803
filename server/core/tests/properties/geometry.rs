//! Sizes and cells.

use place_core::limits::{SIDE_MAX_CELLS, SIDE_MIN_CELLS};
use place_core::{Area, Cell, Size};
use proptest::prelude::*;

use crate::support::{cell, size};

#[test]
fn sides_are_within_their_limits_and_nowhere_else() {
    for side in 0..=u16::MAX {
        let good = (SIDE_MIN_CELLS..=SIDE_MAX_CELLS).contains(&side);
        assert_eq!(Size::new(side, SIDE_MIN_CELLS).is_ok(), good, "width {side}");
        assert_eq!(Size::new(SIDE_MAX_CELLS, side).is_ok(), good, "height {side}");
    }
    let error = Size::new(15, 4097).expect_err("both sides are wrong");
    assert_eq!(error.to_string(), "a canvas is 16 to 4096 cells wide and high, not 15 x 4097");
}

#[test]
fn the_edges_of_a_canvas_do_not_wrap() {
    let size = size(20, 16);
    for (cell, index) in [
        (cell(0, 0), Some(0)),
        (cell(19, 0), Some(19)),
        (cell(20, 0), None),
        (cell(0, 1), Some(20)),
        (cell(19, 15), Some(319)),
        (cell(20, 15), None),
        (cell(0, 16), None),
        (cell(19, 16), None),
        (cell(20, 16), None),
        (cell(u16::MAX, 0), None),
        (cell(0, u16::MAX), None),
        (cell(u16::MAX, u16::MAX), None),
    ] {
        assert_eq!(size.index(cell), index, "{cell:?}");
    }
}

proptest! {
    #[test]
    fn index_and_cell_are_inverse(width in 16u16..=4096, height in 16u16..=4096, dice: u32) {
        let size = size(width, height);
        let index = dice % size.cells() as u32;
        let cell = size.cell(index);
        prop_assert!(cell.x < width && cell.y < height);
        prop_assert_eq!(size.index(cell), Some(index));
    }

    #[test]
    fn an_area_is_its_strips(x in 0u16..64, y in 0u16..64, width in 1u16..65, height in 1u16..65, most in 0usize..400) {
        let canvas = size(64, 64);
        let area = Area::new(cell(x, y), width, height).expect("within all limits");
        let area = area.within(canvas).expect("its corner lies on the canvas");
        let whole: Vec<u32> = area.indices(canvas).collect();
        prop_assert_eq!(whole.len(), area.cells());
        let inside = (0..canvas.cells() as u32).filter(|index| area.contains(canvas.cell(*index)));
        prop_assert!(inside.eq(whole.iter().copied()), "what it contains");
        let strips: Vec<Area> = area.strips(most).collect();
        let cells = strips.iter().flat_map(|strip| strip.indices(canvas));
        prop_assert!(cells.eq(whole), "the same cells in the same order");
        prop_assert!(strips.iter().all(|strip| strip.cells() <= most || strip.height() == 1));
    }

    #[test]
    fn a_cell_has_an_index_only_inside(width in 16u16..=4096, height in 16u16..=4096, x: u16, y: u16) {
        let index = size(width, height).index(Cell { x, y });
        prop_assert_eq!(index.is_some(), x < width && y < height);
        if let Some(index) = index {
            prop_assert_eq!(size(width, height).cell(index), Cell { x, y });
        }
    }
}
