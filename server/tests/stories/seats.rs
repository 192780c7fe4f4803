//! A whole school behind one address.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Client, Request, Server};

#[test]
fn three_hundred_seats_join_place_and_see_each_other() {
    let server = Server::start();
    let canvas = server.free_canvas("school", 64);
    let mut people: Vec<Client> =
        (0..300).map(|n| server.person(&canvas, &format!("Pupil {n}"))).collect();
    let mut numbers: Vec<_> =
        people.iter().map(|client| client.welcome.seat.as_ref().unwrap().number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 300, "each has a seat of its own");

    let spot = |n: usize| ((n % 64) as u16, (n / 64) as u16);
    let tokens: Vec<u32> = people
        .iter_mut()
        .enumerate()
        .map(|(n, client)| client.place(spot(n).0, spot(n).1, 1 + (n % 7) as u8))
        .collect();
    for (client, token) in people.iter_mut().zip(tokens) {
        let answer = client.answer(token);
        assert!(matches!(answer, crate::harness::Answer::Placed { .. }), "{answer:?}");
    }
    let fresh = server.viewer(&canvas);
    assert!((0..300).all(|n| fresh.sees(spot(n).0, spot(n).1) == 1 + (n % 7) as u8));
    for client in &mut people {
        client.until("sees all 300", |me| me.seq() == fresh.seq());
        assert!(client.mirror() == fresh.mirror(), "the mirrors differ: {client:?}");
    }
    people[0].until("counts everybody", |me| me.online() == 300);
}

#[test]
fn a_thousand_join_within_ten_seconds() {
    let server = Server::start();
    let began = Instant::now();
    let threads: Vec<_> = (0..4)
        .map(|part| {
            let address = server.address().clone();
            thread::spawn(move || {
                let join = |n| address.join("playground", &format!("Pupil {}", part * 250 + n));
                (0..250).map(join).map(|seat| seat.number).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut numbers: Vec<_> =
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 1000);
}

#[test]
fn a_flood_of_joins_is_told_to_slow_down_and_seats_go_on() {
    let server = Server::with(&["--join-burst=5", "--joins-per-second=1"]);
    let mut ada = server.person("playground", "Ada");
    let path = "/api/canvases/playground/join";
    let refused = (0..20)
        .map(|n| server.send(&Request::post(path).json(&json!({"nickname": format!("Bot {n}")}))))
        .find(|answer| answer.status != 201)
        .expect("not all of them");
    let wait: u32 = refused.header("retry-after").expect("when").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    refused.expect_error(429, "slow_down");
    ada.put(0, 0, 1);
    server.viewer("playground");
}

#[test]
fn a_seat_is_kept_and_may_be_renamed() {
    let mut server = Server::start();
    let seat = server.join("playground", "Ada");
    let path = "/api/canvases/playground/join";
    let again = Request::post(path).header("Cookie", &seat.cookie);
    let answer =
        server.send(&again.json(&json!({ "nickname": "Ada L.", "seat": seat.number }))).expect(200);
    assert_eq!(answer.json()["seat"], json!({ "number": seat.number, "nickname": "Ada L." }));
    assert!(answer.header("set-cookie").is_none(), "the cookie stays");
    server.restart();

    let me = Request::get("/api/canvases/playground/me");
    let answer = server.send(&me.clone().header("Cookie", &seat.cookie)).expect(200);
    assert_eq!(answer.json()["seat"], json!({ "number": seat.number, "nickname": "Ada L." }));
    let nobody = json!({ "seat": null, "you": null, "card": null, "state": null });
    assert_eq!(server.send(&me).expect(200).json(), nobody);
    assert_eq!(seat.canvas, "playground");
}
