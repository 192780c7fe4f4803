//! The other commands, beside a running server and without one.

use std::path::{Path, PathBuf};

use crate::harness::{Crowd, Server, place_fails, place_ok};

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// What the server shows of a canvas as a picture.
fn picture(server: &Server, canvas: &str) -> Vec<u8> {
    server.get(&format!("/api/canvases/{canvas}/image.png")).expect(200).body
}

#[test]
fn canvases_are_managed_beside_the_server_and_without_it() {
    let mut server = Server::start();
    let data = server.data().to_owned();
    let data = text(&data);
    let create = |id: &str| {
        place_ok(&[
            "canvas",
            "create",
            "Class 5b",
            "--id",
            id,
            "--size",
            "48x32",
            "--cooldown",
            "250ms",
            "--saved",
            "3",
            "--palette",
            "basic-16",
            "--data",
            data,
        ])
    };
    create("running");
    let info = server.info("running");
    assert_eq!((&info["width"], &info["height"]), (&48.into(), &32.into()));
    assert_eq!((&info["cooldown_ms"], &info["saved_max"]), (&250.into(), &3.into()));
    assert_eq!((&info["name"], &info["mode"]), (&"Class 5b".into(), &"open".into()));
    assert_eq!(info["palette"].as_array().unwrap().len(), 16);
    let mut ada = server.person("running", "Ada");
    ada.put(1, 1, 1);

    place_ok(&["canvas", "set", "running", "--mode", "frozen", "--name", "5b", "--data", data]);
    ada.until("hears of it", |me| {
        me.texts.iter().any(|text| format!("{text:?}").contains("Frozen"))
    });
    assert_eq!(server.info("running")["name"], "5b");

    let (code, said) = place_fails(&["canvas", "set", "nowhere", "--mode", "open", "--data", data]);
    assert!(code != 0 && said.contains("nowhere"), "{said}");

    server.terminate();
    create("stopped");
    place_ok(&["canvas", "set", "running", "--mode", "open", "--cooldown", "0s", "--data", data]);
    let list = place_ok(&["canvas", "list", "--data", data]);
    for word in ["running", "stopped", "playground", "48", "open"] {
        assert!(list.contains(word), "{word}: {list}");
    }
    server.launch();
    let with_server = place_ok(&["canvas", "list", "--data", data]);
    for id in ["running", "stopped", "playground"] {
        assert!(with_server.contains(id), "{with_server}");
        server.info(id);
    }
    assert_eq!(server.info("running")["cooldown_ms"], 0);
    server.person("running", "Ben").put(1, 1, 2);
}

#[test]
fn a_backup_under_load_is_whole_and_can_be_restored_elsewhere() {
    let server = Server::start();
    let canvas = server.free_canvas("free", 256);
    let seat = server.join(&canvas, "Ada");
    let mut ada = server.connect(&canvas, Some(&seat));
    ada.put(255, 255, 9);
    let crowd = Crowd::start(server.address(), &canvas, 2);
    crowd.wait_for(500);
    let before = server.info(&canvas)["seq"].as_u64().unwrap();
    let file = server.scratch("backup.place");
    let file = text(&file);

    place_ok(&["backup", file, "--data", text(server.data())]);

    let after = server.info(&canvas)["seq"].as_u64().unwrap();
    let told = crowd.stop();
    let elsewhere = server.scratch("elsewhere");
    place_ok(&["restore", file, "--data", text(&elsewhere)]);
    place_ok(&["check", "--data", text(&elsewhere)]);
    let copy = Server::on(Some(&elsewhere), &[]);
    let back = copy.viewer(&canvas);
    assert!((before..=after).contains(&back.seq()), "{} not in {before}..={after}", back.seq());
    assert_eq!(back.sees(255, 255), 9);
    for told in told.iter().filter(|told| (told.cell.x, told.cell.y) != (255, 255)) {
        let there = back.sees(told.cell.x, told.cell.y);
        let should = told.seq.is_some_and(|seq| seq <= back.seq());
        assert_eq!(there, if should { told.color } else { 0 }, "{told:?}");
    }
    // Seats live on, too.
    copy.connect(&canvas, Some(&seat)).put(0, 0, 1);
}

#[test]
fn a_backup_is_not_written_over_something_and_not_restored_over_something() {
    let mut server = Server::start();
    let file = server.scratch("backup.place");
    let data = text(server.data()).to_owned();
    place_ok(&["backup", text(&file), "--data", &data]);
    place_ok(&["backup", text(&file), "--data", &data]);
    let letter = server.scratch("letter.txt");
    std::fs::write(&letter, "Dear Ada").unwrap();
    let (_, said) = place_fails(&["backup", text(&letter), "--data", &data]);
    assert!(said.contains("letter.txt"), "{said}");
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "Dear Ada");
    for force in [&["--force"][..], &[]] {
        let args = [&["restore", text(&file), "--data", &data], force].concat();
        let (_, said) = place_fails(&args);
        assert!(said.contains(&data), "beside a running server: {said}");
    }
    server.terminate();
    let (_, said) = place_fails(&["restore", text(&file), "--data", &data]);
    assert!(said.contains("--force"), "{said}");
    place_ok(&["restore", text(&file), "--data", &data, "--force"]);
    server.launch();

    let noise = server.scratch("noise");
    std::fs::write(&noise, vec![0x5a; 10_000]).unwrap();
    let fresh: PathBuf = server.scratch("fresh");
    let (_, said) = place_fails(&["restore", text(&noise), "--data", text(&fresh)]);
    assert!(said.contains("noise"), "{said}");
    assert!(!fresh.join("place.db").exists(), "nothing is left behind");
}

#[test]
fn damage_is_found_by_a_check() {
    let mut server = Server::start();
    let canvas = server.free_canvas("free", 64);
    let mut ada = server.person(&canvas, "Ada");
    for x in 0..60 {
        ada.put(x, 0, 1);
    }
    let data = server.data().to_owned();
    let data = text(&data);
    let said = place_ok(&["check", "--data", data]);
    assert!(said.contains("all good"), "{said}");
    server.terminate();
    place_ok(&["check", "--data", data]);

    let database = server.data().join("place.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    for byte in bytes[middle..].iter_mut().step_by(50) {
        *byte ^= 0x40;
    }
    std::fs::write(&database, bytes).unwrap();
    let (code, said) = place_fails(&["check", "--data", data]);
    assert!(code != 0 && !said.trim().is_empty(), "{said}");
}

#[test]
fn an_export_is_the_picture_that_the_server_shows() {
    let mut server = Server::start();
    let canvas = server.free_canvas("free", 32);
    server.person(&canvas, "Ada").put(3, 3, 3);
    let shown = picture(&server, &canvas);
    let data = text(server.data()).to_owned();
    for (name, runs) in [("beside.png", true), ("without.png", false)] {
        if !runs {
            server.terminate();
        }
        let file = server.scratch(name);
        place_ok(&["export", &canvas, text(&file), "--data", &data]);
        assert_eq!(std::fs::read(file).unwrap(), shown, "{name}");
    }
    let (_, said) = place_fails(&["export", "nowhere", "x.png", "--data", &data]);
    assert!(said.contains("nowhere"), "{said}");
}

#[test]
fn health_is_an_exit_code() {
    let mut server = Server::start();
    let data = server.data().to_owned();
    place_ok(&["health", "--data", text(&data)]);
    server.kill9();
    let (code, said) = place_fails(&["health", "--data", text(&data)]);
    assert_eq!(code, 1, "{said}");
}

#[test]
fn wrong_settings_are_named_and_end_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let table: &[(&[&str], &str)] = &[
        (&["--listen", "8080"], "--listen is \"8080\", but it must be an IP address and a port"),
        (&["--max-connections", "0"], "--max-connections is \"0\", but it must be a whole number"),
        (&["--snapshot-interval", "soon"], "--snapshot-interval is \"soon\", but it must be"),
        (&["--log-format", "xml"], "--log-format is \"xml\", but it must be text or json"),
        (&["--base-path", "place"], "--base-path is \"place\", but it must be a path"),
        (&["--tls-cert", "x.pem"], "tls_key must be set too"),
        (&["--config", "/nowhere.toml"], "/nowhere.toml: the settings can't be read"),
        (&["--web", "/nowhere"], "web is \"/nowhere\", but it must be a folder"),
        (&["--lisen", "x"], "--lisen"),
        (&["serv"], "serv"),
    ];
    for (args, wanted) in table {
        let args = [*args, &["--data", data]].concat();
        let (code, said) = place_fails(&args);
        assert_eq!(code, 2, "{args:?}: {said}");
        assert!(said.contains(wanted), "{said:?} lacks {wanted:?}");
    }
}

#[test]
fn help_and_version_succeed() {
    let help = place_ok(&["--help"]);
    for word in ["serve", "canvas", "backup", "restore", "check", "export", "health", "--listen"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(place_ok(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_second_server_on_the_same_folder_or_port_is_refused() {
    let server = Server::start();
    let data = text(server.data()).to_owned();
    let web = text(&server.scratch("web")).to_owned();
    let (code, said) = place_fails(&["--data", &data, "--web", &web, "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&data) && said.contains("in use"), "{said}");

    let other = text(&server.scratch("other")).to_owned();
    let port = server.socket().to_string();
    let (code, said) = place_fails(&["--data", &other, "--web", &web, "--listen", &port]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&port) && said.contains("--listen"), "{said}");
    server.person("playground", "Ada").put(0, 0, 1);
}

#[test]
fn the_environment_and_a_file_set_what_flags_do_not() {
    let server = Server::start();
    let file = server.scratch("place.toml");
    std::fs::write(&file, "max_connections = \"many\"\n").unwrap();
    let (code, said) = place_fails(&["--config", text(&file)]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("max_connections in") && said.contains("many"), "{said}");
}
