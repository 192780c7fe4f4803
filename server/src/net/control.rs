//! The control socket: a Unix socket in the data folder. Whoever may open the
//! file may give orders.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "control.sock";

/// Read and write for the owner, nothing for anybody else.
const OWNER_ONLY: u32 = 0o600;

/// Where the control socket of a data folder is.
pub fn control_socket_path(data: &Path) -> PathBuf {
    data.join(FILE_NAME)
}

/// Listens on the control socket.
///
/// A file that a killed server left behind is replaced; one on which a server
/// answers is not. The socket takes its name only once its rights are set: in
/// between it has another, in a folder that the owner alone may write.
pub fn bind_control(path: &Path) -> io::Result<UnixListener> {
    if UnixStream::connect(path).is_ok() {
        return Err(io::Error::new(io::ErrorKind::AddrInUse, "another server answers on it"));
    }
    let fresh = path.with_extension("new");
    match std::fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&fresh)?;
    std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(OWNER_ONLY))?;
    std::fs::rename(&fresh, path)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_socket_is_replaced_a_live_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = control_socket_path(dir.path());
        let first = bind_control(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, OWNER_ONLY);
        assert_eq!(bind_control(&path).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(first);
        bind_control(&path).unwrap();
    }
}
