//! Pictures of a canvas, made by the server itself.

use std::collections::HashMap;
use std::io::Cursor;
use std::time::{Duration, Instant};

use crate::harness::{Crowd, Server, eventually};

type Texts = HashMap<String, String>;

/// Reads a picture's palette indices and its texts.
fn read(png: &[u8]) -> (u32, u32, Texts) {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().expect("a PNG");
    assert_eq!(reader.info().color_type, png::ColorType::Indexed);
    let mut bytes = vec![0; reader.output_buffer_size().expect("it fits")];
    let frame = reader.next_frame(&mut bytes).expect("a whole PNG");
    reader.finish().expect("an end");
    let info = reader.info();
    let latin = info.uncompressed_latin1_text.iter();
    let mut texts: Texts = latin.map(|text| (text.keyword.clone(), text.text.clone())).collect();
    let any = info.utf8_text.iter();
    texts.extend(any.map(|text| (text.keyword.clone(), text.get_text().expect("UTF-8"))));
    (frame.width, frame.height, texts)
}

fn list(server: &Server, canvas: &str) -> Vec<serde_json::Value> {
    let answer = server.get(&format!("/api/canvases/{canvas}/snapshots")).expect(200).json();
    answer["snapshots"].as_array().expect("a list").clone()
}

#[test]
fn one_appears_when_something_has_changed_and_only_then() {
    let server = Server::with(&["--snapshot-interval=1s"]);
    let canvas = server.free_canvas("drawn", 32);
    let untouched = server.free_canvas("untouched", 32);
    let mut ada = server.person(&canvas, "Ada");
    let seq = ada.put(1, 1, 1);
    let first = eventually("a snapshot shows the pixel", || {
        list(&server, &canvas).into_iter().find(|one| one["seq"] == seq)
    });

    let name = first["name"].as_str().unwrap();
    let path = format!("/api/canvases/{canvas}/snapshots/{name}");
    let answer = server.get(&path).expect(200);
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert!(answer.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(answer.body.len() as u64, first["bytes"].as_u64().unwrap());
    let (width, height, texts) = read(&answer.body);
    assert_eq!((width, height), (32, 32));
    assert_eq!(texts["place:seq"], seq.to_string());
    assert_eq!(texts["Title"], "drawn");
    assert!(texts["Creation Time"].ends_with('Z'), "{texts:?}");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let age = now.as_millis() as u64 - first["at_ms"].as_u64().unwrap();
    assert!(age < 60_000, "{age} ms old");
    let file = server.data().join("snapshots").join(&canvas).join(name);
    assert_eq!(std::fs::read(file).unwrap(), answer.body, "it lies in the data folder");

    // The next change makes the next one; between the two nothing did.
    let count = list(&server, &canvas).len();
    let seq = ada.put(2, 2, 2);
    eventually("the next snapshot", || {
        list(&server, &canvas).iter().any(|s| s["seq"] == seq).then_some(())
    });
    let after = list(&server, &canvas);
    assert_eq!(after.len(), count + 1, "{after:?}");
    assert_eq!(after[0]["seq"], seq, "newest first");
    assert!(list(&server, &untouched).len() <= 1, "nothing ever changed there");
    assert_eq!(server.metric("place_snapshots_total", "failed"), 0);
}

#[test]
fn they_are_kept_over_a_restart_and_not_made_anew() {
    let mut server = Server::with(&["--snapshot-interval=1s"]);
    let mut ada = server.person("playground", "Ada");
    let seq = ada.put(1, 1, 1);
    eventually("a snapshot", || {
        list(&server, "playground").iter().any(|one| one["seq"] == seq).then_some(())
    });
    let before = list(&server, "playground");
    drop(ada);
    server.restart();
    let mut ben = server.person("playground", "Ben");
    let seq = ben.put(1, 1, 2);
    eventually("the next one", || {
        list(&server, "playground").iter().any(|one| one["seq"] == seq).then_some(())
    });
    let after = list(&server, "playground");
    assert_eq!(after[1..], before[..], "the old ones, and one more");
}

#[test]
fn names_that_are_none_lead_nowhere() {
    let server = Server::start();
    for name in ["x.png", "000000000001-20260101T000000Z.png", "control.sock", ".", "%2e%2e"] {
        let answer = server.get(&format!("/api/canvases/playground/snapshots/{name}"));
        assert_eq!(answer.status, 404, "{name}");
    }
    server.get("/api/canvases/nowhere/snapshots").expect_error(404, "no_such_canvas");
    assert!(list(&server, "playground").is_empty());
}

#[test]
fn they_don_t_hold_up_placing() {
    let server = Server::with(&["--snapshot-interval=1s"]);
    let canvas = server.free_canvas("large", 3000);
    let mut ada = server.person(&canvas, "Ada");
    let crowd = Crowd::start(server.address(), &canvas, 1);
    let mut slowest = Duration::ZERO;
    let shown = |server: &Server| list(server, &canvas).iter().any(|one| one["seq"] != 1);
    let deadline = Instant::now() + crate::harness::PATIENCE;
    while !shown(&server) {
        assert!(Instant::now() < deadline, "no snapshot came");
        let began = Instant::now();
        for x in 0..5 {
            ada.put(2000 + x, 2999, 1);
        }
        slowest = slowest.max(began.elapsed() / 5);
    }
    crowd.stop();
    // Encoding it takes longer than this in a debug build.
    assert!(slowest < Duration::from_millis(150), "a pixel took {slowest:?}");
}
