use super::*;

fn new(name: &str) -> Create {
    Create {
        name: name.to_owned(),
        id: None,
        size: Size::new(32, 16).unwrap(),
        palette: "basic-16".to_owned(),
        cooldown: 500,
        saved: 3,
        undo: 5000,
    }
}

fn change(id: &str) -> Set {
    Set { id: id.to_owned(), name: None, mode: None, cooldown: None, saved: None, undo: None }
}

#[test]
fn without_a_server_the_folder_is_changed_itself() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let created = create_in_store(&data, &new("Class 5b").read().unwrap()).unwrap();
    assert_eq!((created.id.as_str(), created.width, created.height), ("class-5b", 32, 16));
    let set = Set {
        name: Some(" Class 6b ".to_owned()),
        mode: Some(Mode::Frozen),
        cooldown: Some(0),
        undo: Some(0),
        ..change("class-5b")
    };
    let row = set_in_store(&data, &set).unwrap();
    assert_eq!((row.name.as_str(), row.mode, row.seq), ("Class 6b", Mode::Frozen, 2));
    assert_eq!(list_store(&data).unwrap(), [row]);
    let store = open_store(&data).unwrap();
    let rules = store.load(1).unwrap().canvas.rules();
    assert_eq!((rules.cooldown_ms, rules.saved_max, rules.undo_ms), (0, 3, 0));
}

#[test]
fn what_is_not_there_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("data");
    let said = list_store(&missing).unwrap_err().to_string();
    assert!(said.contains(missing.to_str().unwrap()), "{said}");
    assert!(!missing.exists(), "a mistyped folder is not made");
    create_in_store(&missing, &new("A").read().unwrap()).unwrap();
    let said = set_in_store(&missing, &change("b")).unwrap_err().to_string();
    assert_eq!(said, "There is no canvas called “b”.");
}

#[test]
fn a_palette_is_built_in_or_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("two.hex");
    std::fs::write(&path, "ffffff\n000000 Ink\n").unwrap();
    assert_eq!(read_palette(path.to_str().unwrap()).unwrap().len(), 2);
    assert_eq!(read_palette("studio-32").unwrap().len(), 32);
    std::fs::write(&path, "ffffff\nnonsense\n").unwrap();
    for (choice, wanted) in [(path.to_str().unwrap(), "line 2"), ("studio-33", "No such file")] {
        let said = read_palette(choice).unwrap_err().to_string();
        assert!(said.contains(wanted) && said.contains("studio-32, basic-16"), "{said}");
    }
}

#[test]
fn a_server_is_asked_for_the_same() {
    let mut create = new("Class 5b");
    create.id = Some("5b".to_owned());
    let body = creation(&create.read().unwrap());
    assert_eq!(body["name"], "Class 5b");
    assert_eq!(body["id"], "5b");
    assert_eq!((&body["width"], &body["height"]), (&json!(32), &json!(16)));
    assert_eq!((&body["cooldown_ms"], &body["saved_max"]), (&json!(500), &json!(3)));
    assert_eq!(body["undo_ms"], json!(5000));
    assert_eq!(body["palette"][0], json!({"name": "White", "hex": "#ffffff"}));
    let set = Set { mode: Some(Mode::Closed), saved: Some(9), undo: Some(7), ..change("5b") };
    assert_eq!(set.change(), json!({"mode": "closed", "saved_max": 9, "undo_ms": 7}));
}

#[test]
fn sizes_and_times_are_read() {
    assert_eq!(size("64x32"), Ok(Size::new(64, 32).unwrap()));
    assert_eq!(size("64"), Ok(Size::new(64, 64).unwrap()));
    for text in ["", "x", "64x", "15x64", "64x4097", "64x64x64", "-64x64"] {
        assert!(size(text).is_err(), "{text:?}");
    }
    assert_eq!(cooldown_ms("0"), Ok(0));
    assert_eq!(cooldown_ms("24h"), Ok(86_400_000));
    for text in ["", "1", "24h1ms", "99999999d"] {
        assert!(cooldown_ms(text).is_err(), "{text:?}");
    }
}

#[test]
fn the_list_stands_in_columns() {
    let row = |id: &str, name: &str, seq| Row {
        id: id.to_owned(),
        name: name.to_owned(),
        width: 256,
        height: 128,
        mode: Mode::Open,
        seq,
        online: 7,
    };
    let text = table(&[row("a", "Äpfel", 1), row("class-5b", "B", 1041)]);
    assert_eq!(
        text,
        "ID        NAME   SIZE     MODE  SEQ   ONLINE\n\
         a         Äpfel  256x128  open  1     7\n\
         class-5b  B      256x128  open  1041  7\n"
    );
    assert_eq!(table(&[]), "ID  NAME  SIZE  MODE  SEQ  ONLINE\n");
}
