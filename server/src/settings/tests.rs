use std::ffi::OsString;
use std::path::Path;

use super::layers::{env_name, keys, resolve};
use super::*;

/// The command line alone, as the program reads it, with a file.
#[derive(clap::Parser)]
struct Program {
    #[arg(long, global = true, value_parser = super::value::path)]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

fn read(args: &[&str], env: &[(&str, &str)]) -> Result<Settings, String> {
    let line = std::iter::once("place").chain(args.iter().copied()).map(OsString::from);
    let environment =
        |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
    let (program, _): (Program, _) = resolve(line, environment).map_err(|stop| stop.to_string())?;
    assert_eq!(program.config.is_some(), args.contains(&"--config"));
    program.settings.checked().map_err(|stop| stop.to_string())
}

/// Flags, environment, and what the complaint must say.
type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);

fn file(dir: &Path, text: &str) -> String {
    let path = dir.join("place.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_the_default() {
    let dir = tempfile::tempdir().unwrap();
    let config = file(dir.path(), "join_burst = 7\nlog_format = \"json\"\n");
    let port = |settings: Settings| settings.join_burst;
    assert_eq!(port(read(&[], &[]).unwrap()), 1000);
    let with_file = ["--config", &config];
    assert_eq!(port(read(&with_file, &[]).unwrap()), 7);
    assert_eq!(read(&with_file, &[]).unwrap().log_format, LogFormat::Json);
    assert_eq!(port(read(&[], &[("PLACE_CONFIG", &config)]).unwrap()), 7);
    let env = [("PLACE_JOIN_BURST", "8")];
    assert_eq!(port(read(&with_file, &env).unwrap()), 8);
    let flag = ["--config", &config, "--join-burst", "9"];
    assert_eq!(port(read(&flag, &env).unwrap()), 9);
    assert_eq!(port(read(&with_file, &[("PLACE_JOIN_BURST", "")]).unwrap()), 7);
}

#[test]
fn a_wrong_value_is_named_with_its_source_and_what_is_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let number = file(dir.path(), "max_connections = 0\n");
    let table: &[Row] = &[
        (&["--listen", "8080"], &[], "--listen is \"8080\", but it must be an IP address"),
        (&[], &[("PLACE_LISTEN", "x")], "PLACE_LISTEN is \"x\", but it must be an IP address"),
        (
            &["--config", &number],
            &[],
            "place.toml is \"0\", but it must be a whole number from 1 to 1000000.",
        ),
        (
            &["--snapshot-interval=8y"],
            &[],
            "--snapshot-interval is \"8y\", but it must be 0, or a time from 1s to 1d",
        ),
        (&["--log-format", "xml"], &[], "--log-format is \"xml\", but it must be text or json."),
        (&["--log", "a=b=c"], &[], "--log is \"a=b=c\", but it must be a level"),
        (&["--data="], &[], "--data is \"\", but it must be the path"),
        (&["--tls-self-signed=maybe"], &[], "--tls-self-signed is \"maybe\", but it must be true"),
        (&["--tls-cert", "a.pem"], &[], "tls_cert is set, so tls_key must be set too."),
        (&[], &[("PLACE_TLS_KEY", "a.pem")], "tls_key is set, so tls_cert must be set too."),
        (
            &["--tls-cert=a", "--tls-key=b", "--tls-self-signed"],
            &[],
            "Either tls_cert or tls_self_signed",
        ),
        (&["--snapshot-keep-all=2d", "--snapshot-keep-hourly=1d"], &[], "snapshot_keep_hourly"),
        (&["--config", "/nowhere.toml"], &[], "/nowhere.toml: the settings can't be read"),
        (&["--lisen", "x"], &[], "unexpected argument '--lisen'"),
    ];
    for (args, env, wanted) in table {
        let said = read(args, env).expect_err(wanted);
        assert!(said.contains(wanted), "{said:?} lacks {wanted:?}");
    }
}

#[test]
fn a_wrong_file_is_named_with_its_key_or_line() {
    let dir = tempfile::tempdir().unwrap();
    let table = [
        ("listn = \"x\"", "there is no setting \"listn\"; the settings are listen, base_path"),
        ("base-path = \"/x\"", "there is no setting \"base-path\"; do you mean base_path?"),
        ("join_burst = 1\njoin_burst = 2", "line 2"),
        ("log = \"info", "line 1"),
        ("[log]\nformat = \"json\"", "log must be a text, a whole number"),
        ("trusted_proxies = [1]", "trusted_proxies must be a text"),
    ];
    for (text, wanted) in table {
        let config = file(dir.path(), text);
        let said = read(&["--config", &config], &[]).expect_err(text);
        assert!(said.contains(wanted), "{said:?} lacks {wanted:?}");
        assert!(said.contains("place.toml"), "{said:?} does not name the file");
    }
}

#[test]
fn lists_and_switches_can_stand_in_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let config = file(
        dir.path(),
        "trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\ntls_self_signed = true\n",
    );
    let settings = read(&["--config", &config], &[]).unwrap();
    assert!(settings.trusted_proxies.contains("10.1.1.1".parse().unwrap()));
    assert_eq!(settings.tls(), TlsSource::SelfSigned);
    let settings = read(&["--config", &config, "--tls-self-signed=false"], &[]).unwrap();
    assert_eq!(settings.tls(), TlsSource::None);
}

#[test]
fn the_example_file_names_every_setting_with_its_default() {
    let example = include_str!("../../../docs/place.toml");
    let mut named = Vec::new();
    let mut text = String::new();
    for line in example.lines() {
        let Some((key, line)) = line
            .strip_prefix("#")
            .filter(|line| !line.starts_with(' '))
            .and_then(|line| Some((line.split_once(" = ")?.0, line)))
        else {
            continue;
        };
        named.push(key.to_owned());
        text.push_str(line);
        text.push('\n');
    }
    let without_default = ["tls_cert", "tls_key", "web"];
    let mut known: Vec<_> = keys().collect();
    known.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, known);
    let has_default = |line: &&str| !without_default.iter().any(|key| line.starts_with(key));
    let text: Vec<_> = text.lines().filter(has_default).collect();
    let dir = tempfile::tempdir().unwrap();
    let config = file(dir.path(), &text.join("\n"));
    assert_eq!(read(&["--config", &config], &[]).unwrap(), Settings::default());
}

#[test]
fn help_names_every_setting_its_variable_and_its_default() {
    let help = read(&["--help"], &[]).unwrap_err();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for key in keys() {
        assert!(help.contains(&format!("--{}", key.replace('_', "-"))), "{key}");
        assert!(help.contains(&format!("[env: {}]", env_name(&key))), "{key}");
    }
    assert!(help.contains("[default: 0.0.0.0:8080]"), "{help}");
}

#[test]
fn a_school_behind_one_address_can_join() {
    let settings = Settings::default();
    let within_ten_seconds = settings.join_burst + 10 * settings.joins_per_second;
    assert!(within_ten_seconds >= 1000);
}

#[test]
fn connections_leave_room_for_other_open_files() {
    let settings = Settings::default();
    assert_eq!(settings.connections_within(1_000_000), 12_000);
    assert_eq!(settings.connections_within(1024), 1024 - 256);
    let tls = Settings::from_args(["--tls-self-signed"]).unwrap();
    assert_eq!(tls.connections_within(1024), (1024 - 256) / 2);
    assert_eq!(settings.connections_within(10), 1);
}
