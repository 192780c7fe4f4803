//! Settings: a TOML file and flags.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::LazyLock;

use place::cli::Cli;
use place::settings::{Stop, layers};
use tempfile::TempDir;

/// Where the file of the input at hand is written.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

/// Settings that are taken are within their bounds; others are refused with a
/// sentence. The first part of the input is the file, each further one, behind
/// a zero, a flag.
pub fn read(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.split('\0');
    let file = FOLDER.path().join("place.toml");
    std::fs::write(&file, parts.next().unwrap_or_default()).expect("a file");
    let flags = parts.map(|flag| OsString::from(format!("--{flag}")));
    let line = ["place".into(), "--config".into(), file.into()].into_iter().chain(flags);
    match layers::resolve::<Cli>(line, |_| None) {
        Ok((cli, _)) => check(cli),
        Err(Stop::Wrong(sentence)) => assert!(sentence.ends_with('.'), "{sentence:?}"),
        Err(Stop::Clap(error)) => assert!(!error.to_string().is_empty()),
    }
}

fn check(cli: Cli) {
    let Ok(settings) = cli.settings.checked() else { return };
    assert!((125..=64 << 20).contains(&settings.echo_message_bytes));
    assert!((1..=1_000_000).contains(&settings.max_connections));
    assert!((16..=1_000_000).contains(&settings.queue_capacity));
    assert!(settings.worker_threads() <= 1024);
    assert!(settings.snapshot_keep_all <= settings.snapshot_keep_hourly);
    assert!(settings.tls_cert.is_some() == settings.tls_key.is_some());
    assert_ne!(settings.data, PathBuf::new());
    let prefix = settings.base_path.prefix();
    assert!(prefix.is_empty() || (prefix.starts_with('/') && !prefix.ends_with('/')));
    assert!(!prefix.contains("//") && !prefix.split('/').any(|part| part == ".."));
}
