//! What a teacher does with the tools.

use place_core::{
    Area, Canvas, Cause, Cell, ColorIndex, Entry, Mark, Patch, SeatNumber, Standing, Status, Team,
};

use crate::support::Dice;

/// The team whose region it is; nobody here is of it.
const TEAM: u8 = 1;

/// Something that a teacher does; what it comes to is known in its turn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Fill(Area, ColorIndex),
    Protect(Area, bool),
    Region(Option<Area>),
    Decide(SeatNumber, Status),
    /// To all seats up to this one.
    Award(SeatNumber, u16),
}

/// Kinds of deeds.
pub(crate) const KINDS: u64 = 6;

impl Deed {
    /// A deed of a kind, in an area of at most so many cells wide and high,
    /// about one of the first seats.
    pub(crate) fn of(
        kind: u64,
        canvas: &Canvas,
        longest: u16,
        seats: SeatNumber,
        dice: &mut Dice,
    ) -> Self {
        let seat = 1 + dice.below(seats.into()) as SeatNumber;
        let area = area(canvas, longest, dice);
        match kind {
            0 => Self::Fill(area, dice.below(canvas.palette().len() as u64) as ColorIndex),
            1 => Self::Protect(area, true),
            2 => Self::Region(Some(area)),
            3 => Self::Decide(seat, Status::Frozen),
            4 => Self::Decide(seat, Status::Banned),
            _ => Self::Award(seats, 1 + dice.below(3) as u16),
        }
    }

    /// What takes all that forbids something back.
    pub(crate) fn pardons(canvas: &Canvas, seats: SeatNumber) -> Vec<Self> {
        let all = Self::Protect(Area::whole(canvas.size()), false);
        let free =
            (1..=seats).filter(|seat| canvas.seat(*seat).standing().status != Status::Active);
        [all, Self::Region(None)]
            .into_iter()
            .chain(free.map(|seat| Self::Decide(seat, Status::Active)))
            .collect()
    }

    /// The entries that it comes to on a canvas; none, if there is nothing to
    /// do.
    pub(crate) fn entries(self, canvas: &Canvas) -> Vec<Entry> {
        let teacher = 1;
        match self {
            Self::Fill(area, color) => {
                let mark = Mark { color, owner: 0 };
                let changed = |index: &u32| canvas.marks().at(*index) != mark;
                let cells = area.indices(canvas.size()).filter(changed).map(|index| (index, mark));
                let entry = |patch| Entry::Patch { teacher, cause: Cause::Fill(area), patch };
                Patch::split(cells).into_iter().map(entry).collect()
            }
            Self::Protect(area, on) => vec![Entry::Protect { teacher, area, on }],
            Self::Region(region) => {
                let rules = Team { region, is_confined: false };
                vec![Entry::SetTeam { teacher, team: TEAM, rules }]
            }
            Self::Decide(seat, status) => {
                let standing = Standing { status, ..canvas.seat(seat).standing() };
                vec![Entry::SetSeat { teacher, seat, standing }]
            }
            Self::Award(seats, pixels) => {
                vec![Entry::Award { teacher, seats: (1..=seats).collect(), pixels }]
            }
        }
    }
}

fn area(canvas: &Canvas, longest: u16, dice: &mut Dice) -> Area {
    let size = canvas.size();
    let mut below = |end: u16| dice.below(end.into()) as u16;
    let corner = Cell { x: below(size.width()), y: below(size.height()) };
    let area = Area::new(corner, 1 + below(longest), 1 + below(longest)).expect("a small area");
    area.within(size).expect("its corner lies on the canvas")
}
