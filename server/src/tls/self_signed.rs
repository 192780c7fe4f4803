//! A certificate made on the spot, for a network without a name of its own.
//!
//! Browsers warn about it once on each device. It is kept and used again, so
//! that they don't warn at every start; when the machine's address changes it
//! stays as it is, for a new one would be warned about as well.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use place_core::cooldown::Millis;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use time::OffsetDateTime;

use super::{TlsError, from_files};

const DAY_S: u64 = 24 * 60 * 60;

/// How long a certificate is valid, in days: the most that every system accepts
/// of one that its user has trusted by hand.
const VALID_DAYS: u64 = 800;

/// Days before its end at which a certificate is replaced.
const RENEW_DAYS: u64 = 30;

/// Days by which other clocks in the room may be behind this one.
const BACKDATED_DAYS: u64 = 2;

/// Begins the line that tells, before the certificate itself, until when it is
/// valid, in seconds since the Unix epoch.
const VALID_UNTIL: &str = "Valid until: ";

/// The certificate kept in this folder, or a new one if there is none that can
/// still be used.
pub(super) fn load_or_make(
    dir: &Path,
    addresses: &[IpAddr],
    now_ms: Millis,
) -> Result<ServerConfig, TlsError> {
    let (cert, key) = (dir.join("certificate.pem"), dir.join("key.pem"));
    let seconds = now_ms / 1000;
    let is_good = |until_s: u64| until_s > seconds + RENEW_DAYS * DAY_S;
    if valid_until(&cert).is_some_and(is_good) {
        match from_files(&cert, &key) {
            Ok(config) => return Ok(config),
            Err(error) => tracing::warn!(%error, "making a new self-signed certificate"),
        }
    }
    let until_s = seconds + VALID_DAYS * DAY_S;
    let (cert_pem, key_pem) = make(addresses, seconds, until_s)?;
    fs::create_dir_all(dir).map_err(at(dir))?;
    write(&key, &key_pem, 0o600)?;
    write(&cert, &format!("{VALID_UNTIL}{until_s}\n{cert_pem}"), 0o644)?;
    tracing::info!(certificate = %cert.display(), "made a self-signed certificate");
    from_files(&cert, &key)
}

fn valid_until(cert: &Path) -> Option<u64> {
    let text = fs::read_to_string(cert).ok()?;
    text.lines().find_map(|line| line.strip_prefix(VALID_UNTIL))?.parse().ok()
}

/// Certificate and key, both as PEM.
fn make(addresses: &[IpAddr], now_s: u64, until_s: u64) -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::new(names(addresses))?;
    params.distinguished_name.push(DnType::CommonName, "PLACE");
    params.not_before = date(now_s.saturating_sub(BACKDATED_DAYS * DAY_S));
    params.not_after = date(until_s);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

/// Everything that people may type to reach this machine.
fn names(addresses: &[IpAddr]) -> Vec<String> {
    let host = rustix::system::uname().nodename().to_string_lossy().to_lowercase();
    let mut names = vec!["localhost".to_owned()];
    let sound = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    if !host.is_empty() && host.chars().all(sound) {
        if !host.contains('.') {
            // What it is called by multicast DNS.
            names.push(format!("{host}.local"));
        }
        names.push(host);
    }
    names.extend(["127.0.0.1".to_owned(), "::1".to_owned()]);
    names.extend(addresses.iter().map(ToString::to_string));
    names
}

fn date(seconds: u64) -> OffsetDateTime {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), TlsError> {
    let partial: PathBuf = path.with_extension("partial");
    // One that was left behind keeps the rights that it had.
    let _ = fs::remove_file(&partial);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    let written = options
        .open(&partial)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&partial, path));
    written.map_err(at(path))
}

fn at(path: &Path) -> impl Fn(io::Error) -> TlsError {
    move |error| TlsError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW_MS: Millis = 1_800_000_000_000;
    const DAY_MS: Millis = DAY_S * 1000;

    fn certificate(dir: &Path, now_ms: Millis) -> String {
        load_or_make(dir, &["192.168.1.7".parse().unwrap()], now_ms).unwrap();
        fs::read_to_string(dir.join("certificate.pem")).unwrap()
    }

    #[test]
    fn it_is_kept_until_shortly_before_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("tls");
        let first = certificate(&dir, NOW_MS);
        assert_eq!(certificate(&dir, NOW_MS + 700 * DAY_MS), first);
        let second = certificate(&dir, NOW_MS + 771 * DAY_MS);
        assert_ne!(second, first);
    }

    #[test]
    fn only_the_owner_reads_the_key() {
        let dir = tempfile::tempdir().unwrap();
        certificate(dir.path(), NOW_MS);
        let mode = fs::metadata(dir.path().join("key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_one_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let first = certificate(dir.path(), NOW_MS);
        fs::write(dir.path().join("key.pem"), "").unwrap();
        let second = certificate(dir.path(), NOW_MS);
        assert_ne!(second, first);
        fs::write(dir.path().join("certificate.pem"), "").unwrap();
        assert_ne!(certificate(dir.path(), NOW_MS), second);
    }

    #[test]
    fn it_names_what_people_type() {
        let names = names(&["10.0.0.7".parse().unwrap(), "fd00::7".parse().unwrap()]);
        for name in ["localhost", "127.0.0.1", "::1", "10.0.0.7", "fd00::7"] {
            assert!(names.iter().any(|found| found == name), "{name} in {names:?}");
        }
    }
}
