//! What a teacher decides about seats, teams and areas, and what that does to
//! drawing.

use place_core::sequencer::{Command, decree, turn};
use place_core::{Area, Canvas, Entry, Mode, Proposal, Reason, Rules, Standing, Status, Team};

use crate::support::{BIRTH_MS, FREE, canvas, cell, size};

fn area(x: u16, y: u16, width: u16, height: u16) -> Area {
    Area::new(cell(x, y), width, height).expect("a good area")
}

fn decide(canvas: &mut Canvas, entry: Entry) {
    let batch = decree(canvas, vec![entry], BIRTH_MS).expect("a possible decision");
    canvas.apply(&batch).expect("a good batch");
}

fn standing(canvas: &mut Canvas, seat: u32, standing: Standing) {
    decide(canvas, Entry::SetSeat { teacher: 1, seat, standing });
}

/// What comes of a seat's pixel in a cell; it is drawn if it may be.
fn draw(canvas: &mut Canvas, seat: u32, x: u16, y: u16) -> Result<(), Reason> {
    let proposal = Proposal { seat, cell: cell(x, y), color: 1 };
    let outcome = turn::<u8, u8>(canvas, [Command::Place(0, proposal)], BIRTH_MS);
    match outcome.batch {
        Some(batch) => {
            canvas.apply(&batch).expect("a good batch");
            Ok(())
        }
        None => Err(outcome.refusals[0].1.refusal.reason),
    }
}

#[test]
fn frozen_and_banned_seats_do_not_draw() {
    let mut canvas = canvas(size(20, 16), 3, FREE);
    for (status, outcome) in [
        (Status::Frozen, Err(Reason::SeatFrozen)),
        (Status::Active, Ok(())),
        (Status::Banned, Err(Reason::Banned)),
        (Status::Active, Ok(())),
    ] {
        standing(&mut canvas, 7, Standing { status, ..Standing::default() });
        assert_eq!(draw(&mut canvas, 7, 0, 0), outcome);
        assert_eq!(draw(&mut canvas, 8, 1, 0), Ok(()), "others draw on");
    }
}

#[test]
fn protected_cells_stay_as_they_are() {
    let mut canvas = canvas(size(20, 16), 3, FREE);
    let protect = |area, on| Entry::Protect { teacher: 1, area, on };
    decide(&mut canvas, protect(area(2, 2, 3, 3), true));
    assert_eq!(draw(&mut canvas, 7, 2, 2), Err(Reason::Protected));
    assert_eq!(draw(&mut canvas, 7, 4, 4), Err(Reason::Protected));
    assert_eq!(draw(&mut canvas, 7, 5, 4), Ok(()));
    assert_eq!(draw(&mut canvas, 7, 1, 2), Ok(()));
    decide(&mut canvas, protect(area(2, 2, 1, 1), false));
    assert_eq!(draw(&mut canvas, 7, 2, 2), Ok(()));
    assert_eq!(draw(&mut canvas, 7, 3, 2), Err(Reason::Protected));
    let restored = Canvas::from_checkpoint(&canvas.to_checkpoint()).expect("a good checkpoint");
    assert_eq!(restored, canvas);
    decide(&mut canvas, protect(Area::whole(size(20, 16)), false));
    assert_eq!(draw(&mut canvas, 7, 3, 2), Ok(()));
}

#[test]
fn a_region_belongs_to_its_team() {
    let mut canvas = canvas(size(20, 16), 3, FREE);
    let region = |x, is_confined| Team { region: Some(area(x, 0, 10, 16)), is_confined };
    let team = |team, rules| Entry::SetTeam { teacher: 1, team, rules };
    decide(&mut canvas, team(1, region(0, true)));
    for (seat, number) in [(1, 1), (2, 2)] {
        standing(&mut canvas, seat, Standing { team: number, ..Standing::default() });
    }
    assert_eq!(draw(&mut canvas, 1, 9, 0), Ok(()));
    assert_eq!(draw(&mut canvas, 1, 10, 0), Err(Reason::Region), "confined to its own");
    assert_eq!(draw(&mut canvas, 2, 9, 0), Err(Reason::Region));
    assert_eq!(draw(&mut canvas, 2, 10, 0), Ok(()), "nobody's");
    assert_eq!(draw(&mut canvas, 3, 9, 0), Err(Reason::Region), "of no team");
    decide(&mut canvas, team(2, region(10, false)));
    decide(&mut canvas, team(1, region(0, false)));
    assert_eq!(draw(&mut canvas, 1, 10, 0), Err(Reason::Region), "the other team's");
    decide(&mut canvas, team(2, Team::default()));
    assert_eq!(draw(&mut canvas, 1, 10, 0), Ok(()));
}

#[test]
fn a_teacher_is_held_up_by_nothing() {
    let slow = Rules { cooldown_ms: 1000, ..FREE };
    let mut canvas = canvas(size(20, 16), 3, Rules { mode: Mode::Frozen, ..slow });
    decide(&mut canvas, Entry::Protect { teacher: 1, area: area(0, 0, 4, 4), on: true });
    let region = Some(area(0, 0, 10, 16));
    decide(
        &mut canvas,
        Entry::SetTeam { teacher: 1, team: 1, rules: Team { region, is_confined: true } },
    );
    standing(&mut canvas, 7, Standing { is_teacher: true, ..Standing::default() });
    for x in 0..20 {
        assert_eq!(draw(&mut canvas, 7, x, 0), Ok(()));
    }
    assert_eq!(draw(&mut canvas, 8, 15, 0), Err(Reason::Frozen));
}

#[test]
fn given_pixels_are_used_after_the_grown_ones() {
    let slow = Rules { cooldown_ms: 1000, saved_max: 2, ..FREE };
    let mut canvas = canvas(size(20, 16), 3, slow);
    let award = |seats: &[u32], pixels| Entry::Award { teacher: 1, seats: seats.to_vec(), pixels };
    decide(&mut canvas, award(&[7, 8], 3));
    assert_eq!(canvas.allowance(7, BIRTH_MS).saved, 5);
    for _ in 0..5 {
        assert_eq!(draw(&mut canvas, 7, 0, 0), Ok(()));
    }
    assert_eq!(draw(&mut canvas, 7, 0, 0), Err(Reason::Cooldown));
    assert_eq!(canvas.allowance(7, BIRTH_MS + 10_000).saved, 2, "gifts do not grow back");
    assert_eq!(canvas.allowance(8, BIRTH_MS).saved, 5);
    assert_eq!(canvas.seat(7).placed(), 5);
    let restored = Canvas::from_checkpoint(&canvas.to_checkpoint()).expect("a good checkpoint");
    assert_eq!(restored, canvas);
}

#[test]
fn nothing_is_decided_about_what_can_not_be() {
    let canvas = canvas(size(20, 16), 3, FREE);
    let far = area(10, 0, 11, 1);
    for entry in [
        Entry::SetSeat { teacher: 1, seat: 0, standing: Standing::default() },
        Entry::SetSeat { teacher: 1, seat: 65_536, standing: Standing::default() },
        Entry::SetTeam { teacher: 1, team: 0, rules: Team::default() },
        Entry::SetTeam {
            teacher: 1,
            team: 1,
            rules: Team { region: Some(far), is_confined: false },
        },
        Entry::Protect { teacher: 1, area: far, on: true },
        Entry::Award { teacher: 1, seats: vec![1, 0], pixels: 1 },
        Entry::Place { seat: 1, cell: cell(0, 0), color: 1 },
        Entry::Withdraw { teacher: 1, seats: vec![1, 0], pixels: 1 },
        Entry::SetRules { teacher: 1, rules: Rules { saved_max: 0, ..FREE } },
    ] {
        assert!(decree(&canvas, vec![entry.clone()], BIRTH_MS).is_err(), "{entry:?}");
    }
}

#[test]
fn seat_numbers_start_at_one_and_end() {
    let mut canvas = canvas(size(20, 16), 3, FREE);
    assert_eq!(draw(&mut canvas, 0, 0, 0), Err(Reason::NoSeat));
    assert_eq!(draw(&mut canvas, 65_536, 0, 0), Err(Reason::NoSeat));
    assert_eq!(draw(&mut canvas, 65_535, 0, 0), Ok(()));
    assert_eq!(canvas.marks().at(0).owner, 65_535);
}
