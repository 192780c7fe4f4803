//! The canvas as a picture.

use std::io::Cursor;

use serde_json::json;

use crate::harness::{Request, Response, Server};

/// Width, height, and the color of each pixel.
struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Reads an indexed PNG.
    fn of(answer: &Response) -> Self {
        assert_eq!(answer.header("content-type"), Some("image/png"));
        let mut reader = png::Decoder::new(Cursor::new(&answer.body)).read_info().expect("a PNG");
        assert_eq!(reader.info().color_type, png::ColorType::Indexed);
        let palette = reader.info().palette.clone().expect("a palette");
        let depth = reader.info().bit_depth as usize;
        let mut bytes = vec![0; reader.output_buffer_size().expect("it fits")];
        let frame = reader.next_frame(&mut bytes).expect("a whole PNG");
        let (width, height) = (frame.width, frame.height);
        let color = |x: usize, y: usize| {
            let bit = x * depth;
            let byte = bytes[y * frame.line_size + bit / 8];
            let index = usize::from(byte >> (8 - depth - bit % 8)) & ((1 << depth) - 1);
            palette[index * 3..][..3].try_into().expect("three channels")
        };
        let pixels = (0..height as usize)
            .flat_map(|y| (0..width as usize).map(move |x| (x, y)))
            .map(|(x, y)| color(x, y))
            .collect();
        Self { width, height, pixels }
    }

    fn at(&self, x: u32, y: u32) -> [u8; 3] {
        self.pixels[(y * self.width + x) as usize]
    }
}

const WHITE: [u8; 3] = [255, 255, 255];
const RED: [u8; 3] = [230, 10, 20];

/// A white canvas of 24 x 16 with a red cell at (5, 3).
fn with_a_red_cell() -> (Server, String) {
    let server = Server::start();
    let canvas = server.canvas(&json!({
        "name": "Bilder", "width": 24, "height": 16, "cooldown_ms": 0, "saved_max": 1,
        "palette": [{ "name": "White", "hex": "#ffffff" }, { "name": "Red", "hex": "#e60a14" }]
    }));
    server.person(&canvas, "Ada").put(5, 3, 1);
    let path = format!("/api/canvases/{canvas}/image.png");
    (server, path)
}

#[test]
fn it_shows_the_cells_at_any_scale_and_crop() {
    let (server, path) = with_a_red_cell();
    let whole = Picture::of(&server.get(&path).expect(200));
    assert_eq!((whole.width, whole.height), (24, 16));
    assert_eq!((whole.at(5, 3), whole.at(4, 3), whole.at(5, 4)), (RED, WHITE, WHITE));
    assert_eq!(whole.pixels.iter().filter(|pixel| **pixel == RED).count(), 1);

    let scaled = Picture::of(&server.get(&format!("{path}?scale=7")).expect(200));
    assert_eq!((scaled.width, scaled.height), (24 * 7, 16 * 7));
    assert_eq!((scaled.at(35, 21), scaled.at(41, 27)), (RED, RED));
    assert_eq!((scaled.at(34, 21), scaled.at(42, 27)), (WHITE, WHITE));

    let part = server.get(&format!("{path}?x=4&y=2&w=3&h=4&scale=2")).expect(200);
    let part = Picture::of(&part);
    assert_eq!((part.width, part.height), (6, 8));
    assert_eq!((part.at(2, 2), part.at(3, 3), part.at(1, 2)), (RED, RED, WHITE));
}

#[test]
fn it_has_a_tag_of_its_own_for_each_state_and_form() {
    let (server, path) = with_a_red_cell();
    let tag_of = |query: &str| {
        let answer = server.get(&format!("{path}{query}")).expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        answer.header("etag").expect("an ETag").to_owned()
    };
    let tags = [tag_of(""), tag_of("?scale=2"), tag_of("?x=0&y=0&w=5&h=5")];
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    assert_eq!(tags[0], tag_of("?scale=1"), "the same picture");
    let again = Request::get(&path).header("If-None-Match", &tags[0]);
    assert!(server.send(&again).expect(304).body.is_empty());
    let other = Request::get(&format!("{path}?scale=2")).header("If-None-Match", &tags[0]);
    server.send(&other).expect(200);

    server.person("bilder", "Ben").put(0, 0, 1);
    server.send(&again).expect(200);
}

#[test]
fn what_can_t_be_shown_is_said() {
    let (server, path) = with_a_red_cell();
    let table = [
        ("?scale=0", "scale"),
        ("?scale=33", "scale"),
        ("?scale=-1", ""),
        ("?scale=big", ""),
        ("?x=24&y=0&w=1&h=1", "24"),
        ("?x=0&y=0&w=25&h=1", "25"),
        ("?x=0&y=0&w=0&h=1", ""),
        ("?x=65535&y=65535&w=65535&h=65535", "65535"),
        ("?x=70000&y=0&w=1&h=1", ""),
    ];
    for (query, hint) in table {
        let answer = server.get(&format!("{path}{query}"));
        assert_eq!(answer.status, 400, "{query}");
        let text = answer.expect_error(400, "invalid");
        assert!(text.contains(hint), "{query}: {text}");
    }
    server.get("/api/canvases/nowhere/image.png").expect_error(404, "no_such_canvas");
    let huge = server.canvas(&json!({ "name": "Huge", "width": 4096 }));
    let text = server
        .get(&format!("/api/canvases/{huge}/image.png?scale=32"))
        .expect_error(400, "invalid");
    assert!(text.contains("pixels"), "{text}");
}
