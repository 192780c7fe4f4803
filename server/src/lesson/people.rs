//! Who is here: told to everybody with a seat, in one message for all that
//! changed in a while.

use std::collections::HashMap;

use place_core::SeatNumber;
use place_core::wire::lesson::{Person, Role};
use place_core::wire::text::ServerText;

use crate::sequencer::{Audience, LiveCanvas};
use crate::store::{SeatRecord, SeatState, Store, StoreError};

/// Most people that one message, or one answer, tells of: 80 KiB.
pub const PEOPLE_MAX: usize = 1000;

/// Most changes that one message tells of; the others come with the next: 16 KiB
/// for each of a thousand viewers are enough at a time.
const CHANGES_MAX: usize = 200;

/// What the people of a canvas were told of each other last.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<SeatNumber, Person>);

/// What is new.
#[derive(Debug, Default, PartialEq, Eq)]
struct News {
    here: Vec<Person>,
    left: Vec<SeatNumber>,
}

impl Told {
    /// Takes in who somebody is now, `None` for one who is not here.
    fn take_in(&mut self, seat: SeatNumber, person: Option<Person>, news: &mut News) {
        match person {
            Some(person) if self.0.get(&seat) != Some(&person) => {
                self.0.insert(seat, person.clone());
                news.here.push(person);
            }
            None if self.0.remove(&seat).is_some() => news.left.push(seat),
            _ => {}
        }
    }
}

/// Tells what changed since the last time; nothing, if nothing did.
pub(super) fn tell(store: &Store, live: &LiveCanvas, told: &mut Told) {
    let changed = live.classroom.signals(|signals| signals.take_seats(CHANGES_MAX));
    let mut news = News::default();
    for seat in changed {
        let person = if live.is_online(seat) { person(store, live, seat) } else { Ok(None) };
        match person {
            Ok(person) => told.take_in(seat, person, &mut news),
            Err(error) => {
                tracing::error!(canvas = %live.id, %error, "who came can't be told");
                live.note_changed(seat);
                break;
            }
        }
    }
    let News { here, left } = news;
    if !here.is_empty() || !left.is_empty() {
        live.say(Audience::Seated, &ServerText::People { here, left });
    }
}

/// Who is here now, by seat.
pub fn here(store: &Store, live: &LiveCanvas) -> Result<Vec<Person>, StoreError> {
    let mut seats = live.seats_online();
    seats.sort_unstable();
    seats.truncate(PEOPLE_MAX);
    let people = seats.into_iter().filter_map(|seat| person(store, live, seat).transpose());
    people.collect()
}

/// Who sits in a seat; `None` if nobody does who was let in.
pub fn person(
    store: &Store,
    live: &LiveCanvas,
    seat: SeatNumber,
) -> Result<Option<Person>, StoreError> {
    let record = store.seat(live.number, seat)?;
    let Some(record) = record.filter(|record| record.state == SeatState::Here) else {
        return Ok(None);
    };
    let nickname = name(store, &record)?;
    Ok(Some(Person {
        seat,
        nickname: (!nickname.is_empty()).then_some(nickname),
        role: role(&record),
        team: live.state.read().seat(seat).standing().team,
    }))
}

/// What the person of a seat is called: teachers have the name of their account;
/// empty for one who was forgotten.
pub fn name(store: &Store, seat: &SeatRecord) -> Result<String, StoreError> {
    let teacher = match seat.teacher {
        Some(number) => store.teacher(number)?,
        None => None,
    };
    Ok(teacher.map_or_else(|| seat.nickname.clone(), |teacher| teacher.name))
}

/// What the person of a seat is.
pub fn role(seat: &SeatRecord) -> Role {
    if seat.teacher.is_some() { Role::Teacher } else { seat.role.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada(team: u8) -> Person {
        Person { seat: 1, nickname: Some("Ada".to_owned()), role: Role::Student, team }
    }

    #[test]
    fn only_what_is_new_is_told() {
        let mut told = Told::default();
        let mut tell = |person: Option<Person>| {
            let mut news = News::default();
            told.take_in(1, person, &mut news);
            news
        };
        let here = |person| News { here: vec![person], left: Vec::new() };
        assert_eq!(tell(None), News::default(), "who came and went in a moment");
        assert_eq!(tell(Some(ada(0))), here(ada(0)));
        assert_eq!(tell(Some(ada(0))), News::default(), "who reloaded the page");
        assert_eq!(tell(Some(ada(2))), here(ada(2)));
        assert_eq!(tell(None), News { here: Vec::new(), left: vec![1] });
        assert_eq!(tell(None), News::default());
    }
}
