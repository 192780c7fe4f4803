use clap::CommandFactory;

use super::*;

fn parse_line(line: &str, env: &[(&str, &str)]) -> Result<(Settings, Option<Command>), String> {
    let argv = std::iter::once("place").chain(line.split_whitespace()).map(OsString::from);
    let environment =
        |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
    parse(argv, environment).map_err(|stop| stop.to_string())
}

#[test]
fn the_definitions_agree_with_each_other() {
    Cli::command().debug_assert();
}

#[test]
fn no_command_means_to_serve() {
    for line in ["--listen 127.0.0.1:9", "serve --listen 127.0.0.1:9", "serve --listen=127.0.0.1:9"]
    {
        let (settings, command) = parse_line(line, &[]).unwrap();
        assert!(command.is_none(), "{line}");
        assert_eq!(settings.listen.port(), 9, "{line}");
    }
    let env = [("PLACE_LISTEN", "127.0.0.1:7"), ("PLACE_DATA", "/env")];
    for line in ["", "serve"] {
        let (settings, _) = parse_line(line, &env).unwrap();
        assert_eq!(settings.listen.port(), 7, "{line:?}");
        assert_eq!(settings.data, PathBuf::from("/env"), "{line:?}");
    }
}

#[test]
fn the_data_folder_may_be_named_anywhere() {
    let env = [("PLACE_DATA", "/env")];
    for line in [
        "--data /here canvas list",
        "canvas --data /here list",
        "canvas list --data /here",
        "check --data=/here",
        "--data /here backup file",
        "serve --data /here",
        "--data /here serve",
        "--data /here",
    ] {
        let (settings, _) = parse_line(line, &env).unwrap();
        assert_eq!(settings.data, PathBuf::from("/here"), "{line}");
    }
    assert_eq!(parse_line("canvas list", &env).unwrap().0.data, PathBuf::from("/env"));
    assert_eq!(parse_line("canvas list", &[]).unwrap().0.data, PathBuf::from("./data"));
}

#[test]
fn the_file_counts_for_every_command() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("place.toml");
    std::fs::write(&config, "data = \"/from-file\"\n").unwrap();
    for line in ["canvas list", "serve", "", "check"] {
        for line in [
            format!("--config {} {line}", config.display()),
            format!("{line} --config {}", config.display()),
        ] {
            let (settings, _) = parse_line(&line, &[]).unwrap();
            assert_eq!(settings.data, PathBuf::from("/from-file"), "{line}");
        }
    }
}

#[test]
fn wrong_usage_is_told() {
    let table = [
        ("--listen 127.0.0.1:9 canvas list", "--listen is a setting of the server; `canvas` does"),
        ("--join-burst 9 serve", "--join-burst must stand after `serve`"),
        ("canvas list --listen 127.0.0.1:9", "unexpected argument '--listen'"),
        ("canvas", "place canvas"),
        ("canvas create", "<NAME>"),
        ("canvas create x --size 8x8", "--size is \"8x8\", but it must be width x height"),
        (
            "canvas create x --cooldown 25h",
            "--cooldown is \"25h\", but it must be a time from 0 to",
        ),
        ("canvas create x --saved 0", "--saved is \"0\", but it must be a whole number from 1 to"),
        ("canvas create x --id a/b", "--id is \"a/b\", but it must be the id of a canvas"),
        ("canvas set x", "--mode"),
        ("canvas set x --mode shut", "--mode is \"shut\", but it must be open, frozen or closed."),
        ("export x", "<FILE>"),
        ("export x y --scale 33", "--scale is \"33\", but it must be a whole number from 1 to 32."),
        ("export x y --crop 1,2", "--crop is \"1,2\", but it must be four numbers"),
        ("paint", "unrecognized subcommand 'paint'"),
    ];
    for (line, wanted) in table {
        let said = parse_line(line, &[]).map(|_| ()).expect_err(line);
        assert!(said.contains(wanted), "{line}: {said:?} lacks {wanted:?}");
    }
}

#[test]
fn help_is_within_reach() {
    let help = parse_line("--help", &[]).unwrap_err();
    for word in ["canvas", "backup", "restore", "check", "export", "health", "admin-token"] {
        assert!(help.contains(word), "{word}");
    }
    for heading in ["Network:", "Storage:", "Snapshots:", "Limits:", "Log:", "Stopping:"] {
        assert!(help.contains(heading), "{heading}");
    }
    assert!(parse_line("--version", &[]).unwrap_err().contains(env!("CARGO_PKG_VERSION")));
    assert!(parse_line("canvas create --help", &[]).unwrap_err().contains("[default: 256x256]"));
}
