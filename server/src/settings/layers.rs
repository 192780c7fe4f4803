//! Command line over environment over file over default.
//!
//! clap knows two layers, the command line and the default of each argument.
//! The other two are laid beneath the command line by replacing defaults, so
//! that one reader serves all four and `--help` stays true.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgMatches, Args, Command, CommandFactory, FromArgMatches};

use super::Settings;

/// The command that takes the settings as flags; they may also be given
/// without it.
const SERVE: &str = "serve";

/// Exit code for wrong settings and wrong usage, as is custom on Unix.
const EXIT_USAGE: u8 = 2;

/// Why the program ends before it has begun.
#[derive(Debug)]
pub enum Stop {
    /// A setting is wrong; the sentence says which, what it was, and what is
    /// allowed.
    Wrong(String),
    /// Help or version was asked for, or the usage was wrong.
    Clap(Box<clap::Error>),
}

impl Stop {
    /// Tells the person and gives the exit code: 0 after help, 2 after an
    /// error.
    pub fn report(self) -> ExitCode {
        match self {
            Self::Wrong(text) => {
                eprintln!("place: {text}");
                ExitCode::from(EXIT_USAGE)
            }
            Self::Clap(error) => {
                // A closed pipe is no reason to complain about help not read.
                let _ = error.print();
                ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(EXIT_USAGE))
            }
        }
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wrong(text) => out.write_str(text),
            Self::Clap(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for Stop {}

/// A value from the environment or the file, and what to call its source.
struct Found {
    text: String,
    source: String,
}

type Layer = BTreeMap<String, Found>;

/// Reads the command line, the environment and the file that they name. The
/// matches tell, beside the values, where each came from: every value that was
/// not on the command line counts as a default.
pub fn resolve<T: CommandFactory + FromArgMatches>(
    argv: impl IntoIterator<Item = OsString>,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<(T, ArgMatches), Stop> {
    let argv: Vec<OsString> = argv.into_iter().collect();
    let command = with_env_names(T::command());

    // First with the command line alone: whatever is wrong now is wrong there.
    let matches = command
        .clone()
        .try_get_matches_from(&argv)
        .map_err(|error| sentence(error, &Layer::new()))?;
    let named = matches.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    let config = match named {
        Some(path) => Some(path),
        None => from_environment("config", &environment)?.map(|found| found.text.into()),
    };
    let mut layer = match config {
        Some(path) => read_file(&path)?,
        None => Layer::new(),
    };
    for key in keys() {
        if let Some(found) = from_environment(&key, &environment)? {
            layer.insert(key, found);
        }
    }

    let matches = lay_beneath(command, &layer)
        .try_get_matches_from(&argv)
        .map_err(|error| sentence(error, &layer))?;
    let values = T::from_arg_matches(&matches).map_err(|error| sentence(error, &layer))?;
    Ok((values, matches))
}

/// The keys of all settings, as they stand in a file.
pub fn keys() -> impl Iterator<Item = String> {
    let command = Settings::augment_args(Command::new("settings"));
    let keys: Vec<_> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    keys.into_iter()
}

/// The environment variable of a setting.
pub fn env_name(key: &str) -> String {
    format!("PLACE_{}", key.to_uppercase())
}

/// An empty variable counts as none: that is how compose files pass on what is
/// not set.
fn from_environment(
    key: &str,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<Found>, Stop> {
    let name = env_name(key);
    match environment(&name).filter(|value| !value.is_empty()).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(Found { text, source: name })),
        Some(Err(value)) => {
            Err(Stop::Wrong(format!("{name} is {}, but it must be UTF-8.", value.display())))
        }
    }
}

fn read_file(path: &Path) -> Result<Layer, Stop> {
    let wrong = |what: String| Stop::Wrong(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(format!("the settings can't be read: {error}.")))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error| wrong(format!("not a TOML file: {}", error_line(&text, &error))))?;
    let known: Vec<_> = keys().collect();
    let mut layer = Layer::new();
    for (key, value) in table {
        if !known.contains(&key) {
            return Err(wrong(unknown(&key, &known)));
        }
        let text = plain(&value).ok_or_else(|| {
            wrong(format!("{key} must be a text, a whole number, true or false, or a list."))
        })?;
        let source = format!("{key} in {}", path.display());
        layer.insert(key, Found { text, source });
    }
    Ok(layer)
}

/// The message of a TOML error and the line it is about.
fn error_line(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.as_bytes().iter().take(start).filter(|byte| **byte == b'\n').count() + 1;
    format!("line {line}: {}.", error.message())
}

fn unknown(key: &str, known: &[String]) -> String {
    let near = key.replace('-', "_").to_lowercase();
    let hint = if known.contains(&near) {
        format!("do you mean {near}?")
    } else {
        format!("the settings are {}.", known.join(", "))
    };
    format!("there is no setting {key:?}; {hint}")
}

/// A TOML value as it would stand on the command line.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(switch) => Some(switch.to_string()),
        toml::Value::Array(list) => {
            let parts: Option<Vec<_>> = list.iter().map(|part| part.as_str()).collect();
            parts.map(|parts| parts.join(","))
        }
        _ => None,
    }
}

/// Names the environment variable of each setting in its help.
fn with_env_names(command: Command) -> Command {
    on_settings(command, &|arg| {
        let Some(short) = arg.get_help().map(ToString::to_string) else { return arg };
        let suffix = format!(" [env: {}]", env_name(arg.get_id().as_str()));
        match arg.get_long_help().map(ToString::to_string) {
            Some(long) => arg.help(short + &suffix).long_help(long + "\n\n" + suffix.trim_start()),
            None => arg.help(short + &suffix),
        }
    })
}

fn lay_beneath(command: Command, layer: &Layer) -> Command {
    on_settings(command, &|arg| match layer.get(arg.get_id().as_str()) {
        Some(found) => arg.default_value(found.text.clone()),
        None => arg,
    })
}

/// Changes the arguments that are settings, wherever they can be given.
fn on_settings(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    let known: Vec<_> = keys().chain(["config".to_owned()]).collect();
    let change_all = |command: Command| {
        command.mut_args(|arg| {
            if known.iter().any(|key| arg.get_id() == key.as_str()) { change(arg) } else { arg }
        })
    };
    let command = change_all(command);
    if command.find_subcommand(SERVE).is_some() {
        command.mut_subcommand(SERVE, change_all)
    } else {
        command
    }
}

/// Turns clap's complaint about a value into a sentence of ours.
fn sentence(error: clap::Error, layer: &Layer) -> Stop {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (Some(arg), Some(value), Some(wanted)) = (
        text(ContextKind::InvalidArg),
        text(ContextKind::InvalidValue),
        std::error::Error::source(&error).map(ToString::to_string),
    ) else {
        return Stop::Clap(Box::new(error));
    };
    // clap calls the argument "--listen <ADDR:PORT>".
    let flag = arg.split([' ', '=', '[']).next().unwrap_or(&arg);
    let key = flag.trim_start_matches('-').replace('-', "_");
    let source = layer.get(&key).map_or(flag, |found| &found.source);
    Stop::Wrong(format!("{source} is {value:?}, but it must be {wanted}."))
}
