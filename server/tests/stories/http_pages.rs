//! The client's pages and files, and what they may do.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::harness::{ASSET, ASSET_TEXT, Request, Server};

#[test]
fn every_page_is_the_client_s_one_page() {
    let server = Server::start();
    let of_students = ["/", "/card", "/c/playground", "/c/playground/gallery", "/c/nowhere"];
    let of_teachers = ["/teach", "/teach/playground", "/teach/playground/cards", "/p/playground"];
    for path in of_students.into_iter().chain(of_teachers) {
        let page = server.get(path).expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(page.text().contains("<base href=\"/\""), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
        let head = server.send(&Request::new("HEAD", path)).expect(200);
        assert!(head.body.is_empty());
    }
}

#[test]
fn every_answer_says_what_a_page_may_do() {
    let server = Server::start();
    for path in ["/", ASSET, "/api/canvases", "/healthz", "/nowhere", "/api/nowhere"] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{path}"));
        assert!(policy.contains("default-src 'self'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        assert!(answer.header("access-control-allow-origin").is_none(), "{path}");
    }
}

#[test]
fn files_are_precompressed_and_kept_for_as_long_as_is_right() {
    let server = Server::start();
    let plain = server.get(ASSET).expect(200);
    assert_eq!(plain.text(), ASSET_TEXT);
    assert!(plain.header("content-type").unwrap().contains("javascript"));
    assert_eq!(plain.header("cache-control"), Some("public, max-age=31536000, immutable"));

    let accepts = Request::get(ASSET).header("Accept-Encoding", "gzip, deflate");
    let packed = server.send(&accepts).expect(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.header("content-type").unwrap().contains("javascript"));
    assert!(packed.header("vary").unwrap().to_lowercase().contains("accept-encoding"));
    let mut text = String::new();
    GzDecoder::new(packed.body.as_slice()).read_to_string(&mut text).expect("gzip");
    assert_eq!(text, ASSET_TEXT);

    let icon = server.get("/favicon.svg").expect(200);
    assert_eq!(icon.header("cache-control"), Some("no-cache"));
    let tag = icon.header("etag").expect("an ETag").to_owned();
    let again = Request::get("/favicon.svg").header("If-None-Match", &tag);
    server.send(&again).expect(304);
}

#[test]
fn people_get_a_page_and_programs_get_json_when_nothing_is_there() {
    let server = Server::start();
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for path in ["/nowhere", "/assets/nothing.js", "/c", "/c/a/b/c"] {
        let page = server.send(&Request::get(path).header("Accept", browser)).expect(404);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(page.text().contains("<base "), "{path}");
        server.get(path).expect_error(404, "not_found");
    }
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let server = Server::start();
    let secret = "/../data/admin-token";
    assert!(server.data().join("admin-token").is_file(), "it is where this looks for it");
    let paths = [
        secret,
        "/..%2fdata/admin-token",
        "/%2e%2e/data/admin-token",
        "/%2e%2e%2fdata%2fadmin-token",
        "/assets/../../data/admin-token",
        "/assets/..%5c..%5cdata/admin-token",
        "//../data/admin-token",
        "/....//data/admin-token",
        "/%00/../data/admin-token",
        "/api/canvases/playground/snapshots/..%2f..%2fadmin-token",
        "/api/canvases/playground/snapshots/%2e%2e%2f%2e%2e%2fadmin-token",
        "/api/canvases/playground/snapshots/../../../admin-token",
        "/api/canvases/..%2f..%2fdata/board",
    ];
    for path in paths {
        let answer = server.get(path);
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        let token = std::fs::read_to_string(server.data().join("admin-token")).unwrap();
        assert!(!answer.text().contains(token.trim()), "{path}");
    }
}

#[test]
fn folders_are_not_listed_and_dot_files_not_served() {
    let server = Server::start();
    for path in ["/assets", "/assets/", "/.git", "/assets/.hidden"] {
        let answer = server.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.text().contains("main-"), "{path}");
    }
}
