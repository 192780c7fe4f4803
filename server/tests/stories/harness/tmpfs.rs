//! A disk so small that a story can fill it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use tempfile::TempDir;

/// Set by whoever runs the tests where nothing may be mounted.
const WITHOUT_MOUNT: &str = "PLACE_TEST_WITHOUT_MOUNT";

/// A mounted tmpfs, taken down when the story ends.
#[derive(Debug)]
pub(crate) struct SmallDisk {
    home: TempDir,
}

impl SmallDisk {
    /// Mounts one of so many KiB; `None` where the one who runs the tests says
    /// that it can't be done.
    pub(crate) fn mount(kib: u32) -> Option<Self> {
        let home = tempfile::tempdir().expect("a temporary folder");
        let size = std::ffi::CString::new(format!("size={kib}k")).expect("no NUL");
        match mount("place-test", home.path(), "tmpfs", MountFlags::empty(), Some(size.as_c_str()))
        {
            Ok(()) => Some(Self { home }),
            Err(_) if std::env::var_os(WITHOUT_MOUNT).is_some() => {
                eprintln!("no small disk could be mounted: this story was not told");
                None
            }
            Err(error) => panic!(
                "a small tmpfs can't be mounted ({error}): run the tests as root, or set \
                 {WITHOUT_MOUNT}=1 to go without the story of the full disk"
            ),
        }
    }

    /// The data folder on it.
    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    /// Fills it to the last byte.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.path().join("ballast")).expect("a file");
        for size in [64 * 1024, 4096, 1] {
            let piece = vec![0xff; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    /// Makes room again.
    pub(crate) fn make_room(&self) {
        std::fs::remove_file(self.path().join("ballast")).expect("it was filled");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = unmount(self.home.path(), UnmountFlags::DETACH);
    }
}
