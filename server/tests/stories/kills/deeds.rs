//! kill -9 while a class comes in, writes, and is dealt with: what was
//! acknowledged of people, words and deeds is there afterwards.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use place::store::{
    MUTED_UNTIL_LIFTED, MessageRecord, NotePlace, SeatRecord, Store, StoreOptions, Wanted,
};
use place_core::wire::text::{ClientText, ServerText};
use place_core::{Canvas, SeatNumber, Status};
use serde_json::{Value, json};
use tungstenite::Message;

use crate::harness::class::{CLASS, Class};
use crate::harness::{Address, Client, Request, new_name, place_ok};

use super::asked_for;
use super::dice::Dice;

/// Kills unless `PLACE_KILLS` says otherwise.
const KILLS: u32 = 8;

/// The shortest time from the first deed to the kill, and the longest beyond it.
const DEEDS_MIN: Duration = Duration::from_millis(100);
const DEEDS_MORE_MAX: Duration = Duration::from_millis(400);

/// People of each kind in a round: those who write, and those who are dealt with.
const PEOPLE: usize = 6;

/// Messages that somebody may write at once.
const AT_ONCE: u32 = 5;

/// Every so many messages the teacher deletes one.
const DELETED_ONE_OF: i64 = 2;

/// Notes that are read at most: more than the story makes.
const NOTES_MAX: u32 = 100_000;

/// What was acknowledged in one round.
#[derive(Debug, Default)]
struct Told {
    joined: Vec<(SeatNumber, String, String)>,
    written: Vec<(i64, String)>,
    deleted: Vec<i64>,
    muted: Vec<SeatNumber>,
    frozen: Vec<SeatNumber>,
    renewed: Vec<SeatNumber>,
    announced: Vec<String>,
}

impl Told {
    fn merge(&mut self, other: Self) {
        self.joined.extend(other.joined);
        self.written.extend(other.written);
        self.deleted.extend(other.deleted);
        self.muted.extend(other.muted);
        self.frozen.extend(other.frozen);
        self.renewed.extend(other.renewed);
        self.announced.extend(other.announced);
    }

    fn counts(&self) -> [usize; 7] {
        [
            self.joined.len(),
            self.written.len(),
            self.deleted.len(),
            self.muted.len(),
            self.frozen.len(),
            self.renewed.len(),
            self.announced.len(),
        ]
    }
}

/// Asks; `None` once the server is gone.
fn ask(address: &Address, request: Request, cookie: &str) -> Option<Value> {
    let answer = address.try_send(&request.header("Cookie", cookie)).ok()?;
    assert!((200..300).contains(&answer.status), "{}: {}", answer.status, answer.text());
    Some(if answer.body.is_empty() { Value::Null } else { answer.json() })
}

fn path(what: &str) -> String {
    format!("/api/canvases/{CLASS}/{what}")
}

/// One after another comes in, until the server is gone.
fn come_in(address: &Address) -> Told {
    let mut told = Told::default();
    loop {
        let name = new_name();
        let request = Request::post(&path("join")).json(&json!({ "nickname": name }));
        let Ok(answer) = address.try_send(&request) else { return told };
        let answer = answer.expect(201);
        let number = answer.json()["seat"]["number"].as_u64().expect("a number");
        let cookie = answer.header("set-cookie").expect("a cookie");
        let cookie = cookie.split(';').next().expect("its value").to_owned();
        told.joined.push((number as SeatNumber, name, cookie));
    }
}

/// Everybody writes as much as may be written at once, in turn.
fn write(class: &mut [Client], written: &Sender<i64>) -> Told {
    let mut told = Told::default();
    for round in 0..AT_ONCE {
        for (who, client) in class.iter_mut().enumerate() {
            let text = format!("Message {round} of {who}");
            let Some(id) = write_one(client, round, &text) else { return told };
            let _ = written.send(id);
            told.written.push((id, text));
        }
    }
    told
}

fn write_one(client: &mut Client, token: u32, text: &str) -> Option<i64> {
    let chat = ClientText::Chat { token, channel: 0, text: text.to_owned(), reply_to: None };
    client.try_say(Message::text(serde_json::to_string(&chat).expect("JSON"))).ok()?;
    loop {
        let number = client.texts.iter().find_map(|text| match text {
            ServerText::ChatTaken { token: of, id } if *of == token => Some(*id),
            ServerText::ChatRefused { code, .. } => panic!("refused: {code}"),
            _ => None,
        });
        if number.is_some() || client.has_ended {
            return number;
        }
        client.listen_briefly();
    }
}

/// The teacher silences and stops some, says something, and deletes what was
/// written.
fn teach(
    address: &Address,
    cookie: &str,
    people: &[SeatNumber],
    written: &Receiver<i64>,
) -> (Told, Vec<i64>) {
    let (mut told, mut to_delete) = (Told::default(), Vec::new());
    let mut all = || -> Option<()> {
        for (number, seat) in people.iter().enumerate() {
            let mute = Request::post(&path(&format!("seats/{seat}/mute")));
            ask(address, mute.json(&json!({ "minutes": null })), cookie)?;
            told.muted.push(*seat);
            let freeze = Request::post(&path(&format!("seats/{seat}/standing")));
            ask(address, freeze.json(&json!({ "status": "frozen" })), cookie)?;
            told.frozen.push(*seat);
            let renew = Request::post(&path(&format!("seats/{seat}/renew")));
            ask(address, renew, cookie)?;
            told.renewed.push(*seat);
            let text = format!("Announcement {number} for {seat}");
            let announce = Request::post(&path("announce"));
            ask(address, announce.json(&json!({ "text": text, "minutes": 60 })), cookie)?;
            told.announced.push(text);
            while let Ok(id) = written.try_recv() {
                if id % DELETED_ONE_OF == 0 {
                    to_delete.push(id);
                    ask(address, Request::delete(&path(&format!("chat/{id}"))), cookie)?;
                    told.deleted.push(id);
                }
            }
        }
        Some(())
    };
    all();
    (told, to_delete)
}

/// What a folder holds of the class.
struct Found {
    store: Store,
    number: u32,
    canvas: Canvas,
}

impl Found {
    fn open(data: &std::path::Path) -> Self {
        let store = Store::open(data, StoreOptions::default()).expect("opens");
        let number = store.canvas(CLASS).expect("reads").expect("is there").number;
        let canvas = store.load(number).expect("loads").canvas;
        Self { store, number, canvas }
    }

    fn seat(&self, seat: SeatNumber) -> SeatRecord {
        self.store.seat(self.number, seat).expect("reads").expect("is there")
    }

    fn message(&self, id: i64) -> MessageRecord {
        self.store.message(self.number, id).expect("reads").expect("is there")
    }

    /// Seats that are on record for something.
    fn on_record(&self, what: &str) -> Vec<SeatNumber> {
        let all = Wanted { seat: None, from_ms: 0, until_ms: u64::MAX };
        let start: NotePlace = (0, 0);
        let notes = self.store.notes_after(self.number, all, start, NOTES_MAX).expect("reads");
        notes.into_iter().filter(|note| note.what == what).filter_map(|note| note.seat).collect()
    }

    fn assert_has(&self, told: &Told, to_delete: &[i64]) {
        for (seat, name, _) in &told.joined {
            assert_eq!(&self.seat(*seat).nickname, name);
        }
        for (id, text) in &told.written {
            let found = self.message(*id);
            let is_deleted = to_delete.contains(id) && found.deleted_ms.is_some();
            assert_eq!(found.text, if is_deleted { "" } else { text });
        }
        for id in &told.deleted {
            assert!(self.message(*id).deleted_ms.is_some(), "message {id} is back");
        }
        let mutes = self.on_record("mute");
        for seat in &told.muted {
            assert_eq!(self.seat(*seat).muted_until_ms, MUTED_UNTIL_LIFTED, "seat {seat} speaks");
            assert!(mutes.contains(seat), "the muting of seat {seat} is not on record");
        }
        for seat in &told.frozen {
            assert_eq!(self.canvas.seat(*seat).standing().status, Status::Frozen, "seat {seat}");
        }
        let renewals = self.on_record("renew");
        for seat in &told.renewed {
            assert!(renewals.contains(seat), "the new card of seat {seat} is not on record");
        }
        let announced = self.store.announcements(self.number, 0).expect("reads");
        for text in &told.announced {
            assert!(announced.iter().any(|one| &one.text == text), "{text:?} is lost");
        }
    }
}

#[test]
fn nothing_acknowledged_about_people_is_ever_lost() {
    let mut dice = Dice::roll_anew("deeds");
    let kills = asked_for().map_or(KILLS, |kills| (kills / 5).max(1));
    let flags = ["--checkpoint-entries=100", "--checkpoint-interval=1s", "--log=warn"];
    let mut class = Class::with(&flags);
    let data = class.server.data().to_owned();
    let mut total = [0; 7];
    for _ in 0..kills {
        let quiet: Vec<SeatNumber> = (0..PEOPLE)
            .map(|_| class.server.join(CLASS, &new_name()).number as SeatNumber)
            .collect();
        let mut writers: Vec<Client> = (0..PEOPLE).map(|_| class.person(&new_name()).1).collect();
        let (sender, written) = channel();
        let address = class.server.address().clone();
        let (of_joins, of_deeds) = (address.clone(), address);
        let cookie = class.teacher.clone();
        let joining = thread::spawn(move || come_in(&of_joins));
        let writing = thread::spawn(move || write(&mut writers, &sender));
        let teaching = thread::spawn(move || teach(&of_deeds, &cookie, &quiet, &written));
        thread::sleep(DEEDS_MIN + dice.delay(DEEDS_MORE_MAX));
        class.server.kill9();

        let mut told = joining.join().expect("no panic");
        told.merge(writing.join().expect("no panic"));
        let (deeds, to_delete) = teaching.join().expect("no panic");
        told.merge(deeds);
        Found::open(&data).assert_has(&told, &to_delete);
        place_ok(&["check", "--data", data.to_str().expect("UTF-8")]);
        class.server.launch();
        for (.., cookie) in told.joined.iter().take(3) {
            class.get_as(Some(cookie), "me").expect(200);
        }
        class.get("desk").expect(200);
        for (sum, count) in total.iter_mut().zip(told.counts()) {
            *sum += count;
        }
    }
    println!("joined, written, deleted, muted, frozen, renewed, announced: {total:?}");
    assert!(total.iter().all(|count| *count > 0), "not everything was tried: {total:?}");
}
