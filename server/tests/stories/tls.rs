//! TLS on the same port, with a certificate made on the spot or a given one.

use crate::harness::{FIN, Frame, Raw, Server, masked, new_name, op};

fn draws_and_reads(server: &Server) {
    server.get("/healthz").expect(200);
    let mut ada = server.person("playground", &new_name());
    let mut ben = server.viewer("playground");
    let seq = ada.put(2, 2, 2);
    ben.until("sees it", |me| me.seq() == seq);
    assert_eq!(ben.sees(2, 2), 2);
    let mut raw = Raw::echo(server.address());
    let long = vec![3; 200_000];
    assert!(raw.send(&masked(FIN | op::BINARY, &long)));
    assert_eq!(raw.frame(), Some(Frame { first: FIN | op::BINARY, payload: long }));
}

#[test]
fn with_a_certificate_made_on_the_spot_and_kept() {
    let mut server = Server::with(&["--tls-self-signed"]);
    assert!(server.origin().starts_with("https://"));
    draws_and_reads(&server);
    let certificate = server.data().join("tls/certificate.pem");
    let before = std::fs::read(&certificate).expect("it is kept");

    server.restart();

    assert_eq!(std::fs::read(&certificate).unwrap(), before, "people accept it once");
    draws_and_reads(&server);
    let joined = crate::harness::Request::post("/api/canvases/playground/join")
        .json(&serde_json::json!({ "nickname": "Ben" }));
    let answer = server.send(&joined).expect(201);
    assert!(answer.header("set-cookie").unwrap().contains("; Secure"));
    let (status, _) = server.terminate();
    assert_eq!(status.code(), Some(0), "{status}");
}

#[test]
fn with_the_owner_s_files() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let folder = tempfile::tempdir().expect("a folder");
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).expect("a file");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
    let flags = [format!("--tls-cert={}", cert.display()), format!("--tls-key={}", key.display())];
    let server = Server::with(&[&flags[0], &flags[1]]);
    let server = server.trusting(&cert);
    draws_and_reads(&server);
}
