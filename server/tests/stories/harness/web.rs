//! A tiny client for the server to serve: what it serves it from is its own
//! business, how it serves it is tested here.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

/// The path of a file with a hash in its name.
pub(crate) const ASSET: &str = "/assets/main-0a1b2c3d.js";

/// What is in it.
pub(crate) const ASSET_TEXT: &str = "console.log('a file that never changes under its name');\n";

const INDEX: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <base href=\"/\">\n<title>PLACE</title>\n</head>\n<body></body>\n</html>\n";

/// Writes the client into a folder.
pub(crate) fn write(folder: &Path) {
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().expect("a path in the folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    };
    write("index.html", INDEX.as_bytes());
    write("favicon.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    write(ASSET, ASSET_TEXT.as_bytes());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(ASSET_TEXT.as_bytes()).expect("memory");
    write(&format!("{ASSET}.gz"), &gzip.finish().expect("memory"));
}
