//! TLS on the server's port: with the owner's certificate, or with one made on
//! the spot.

mod self_signed;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::clock;
use crate::net::lan;
use crate::settings::{Settings, TlsSource};

/// Folder in the data folder for a certificate made on the spot.
const DIR_NAME: &str = "tls";

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file is no PEM file.
    #[error("{path} is not a PEM file: {error}")]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: pem::Error,
    },
    /// A PEM file without what it should hold.
    #[error("{path} holds no {what}")]
    Empty {
        /// The file.
        path: PathBuf,
        /// What is missing.
        what: &'static str,
    },
    /// The key belongs to another certificate.
    #[error("the key in {key} does not belong to the certificate in {cert}")]
    Mismatch {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// Certificate or key can't be used for another reason.
    #[error("the certificate in {cert} can't be used with the key in {key}: {error}")]
    Unusable {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// The reason.
        error: rustls::Error,
    },
    /// No certificate could be made.
    #[error("no certificate could be made: {0}")]
    Make(#[from] rcgen::Error),
}

/// What the settings ask for: `None` for plain HTTP.
pub fn server_config(settings: &Settings) -> Result<Option<ServerConfig>, TlsError> {
    match settings.tls() {
        TlsSource::None => Ok(None),
        TlsSource::Files(cert, key) => from_files(cert, key).map(Some),
        TlsSource::SelfSigned => {
            let dir = settings.data.join(DIR_NAME);
            self_signed::load_or_make(&dir, &lan::addresses(), clock::wall_ms()).map(Some)
        }
    }
}

/// TLS with a certificate chain and its key.
fn from_files(cert: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let chain = certificates(cert)?;
    let private = private_key(key)?;
    let unusable = |error| match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { cert: cert.to_owned(), key: key.to_owned() }
        }
        error => TlsError::Unusable { cert: cert.to_owned(), key: key.to_owned(), error },
    };
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(unusable)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |error| pem_error(path, "certificate", error);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(wrong)?.collect();
    match chain.map_err(wrong)? {
        chain if chain.is_empty() => Err(wrong(pem::Error::NoItemsFound)),
        chain => Ok(chain),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| pem_error(path, "private key", error))
}

fn pem_error(path: &Path, what: &'static str, error: pem::Error) -> TlsError {
    let path = path.to_owned();
    match error {
        pem::Error::Io(error) => TlsError::Io { path, error },
        pem::Error::NoItemsFound => TlsError::Empty { path, what },
        error => TlsError::Pem { path, error },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Files {
        dir: tempfile::TempDir,
    }

    impl Files {
        /// A certificate and its key, as an owner would have them.
        fn new() -> Self {
            let files = Self { dir: tempfile::tempdir().unwrap() };
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
            fs::write(files.path("cert"), made.cert.pem()).unwrap();
            fs::write(files.path("key"), made.signing_key.serialize_pem()).unwrap();
            files
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        fn config(&self, cert: &str, key: &str) -> Result<ServerConfig, String> {
            from_files(&self.path(cert), &self.path(key)).map_err(|error| error.to_string())
        }
    }

    #[test]
    fn a_certificate_and_its_key_are_enough() {
        let files = Files::new();
        assert!(files.config("cert", "key").is_ok());
        let both = [files.path("cert"), files.path("key")].map(|path| fs::read(path).unwrap());
        fs::write(files.path("both"), both.concat()).unwrap();
        assert!(files.config("both", "both").is_ok());
    }

    #[test]
    fn each_mistake_is_named_with_its_file() {
        let files = Files::new();
        let other = Files::new();
        fs::copy(other.path("key"), files.path("other")).unwrap();
        fs::write(files.path("empty"), "").unwrap();
        fs::write(files.path("torn"), "-----BEGIN CERTIFICATE-----\nMIIB").unwrap();
        fs::write(
            files.path("noise"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        )
        .unwrap();
        let table = [
            ("nowhere", "key", "nowhere: No such file"),
            ("cert", "nowhere", "nowhere: No such file"),
            ("empty", "key", "empty holds no certificate"),
            ("key", "key", "key holds no certificate"),
            ("cert", "cert", "cert holds no private key"),
            ("torn", "key", "torn is not a PEM file"),
            ("noise", "key", "noise can't be used"),
            ("cert", "other", "other does not belong to the certificate in"),
        ];
        for (cert, key, wanted) in table {
            let said = files.config(cert, key).expect_err(wanted);
            assert!(said.contains(wanted), "{said:?} lacks {wanted:?}");
        }
    }

    #[test]
    fn plain_http_needs_nothing() {
        assert!(server_config(&Settings::default()).unwrap().is_none());
    }
}
