//! Where the built browser client lies.

use std::path::{Path, PathBuf};

use super::Stop;

/// Where a package puts it.
const SHARED_DIR: &str = "/usr/share/place/web";

/// The folder that was asked for, else the first that holds a client.
pub(super) fn find(asked: Option<&Path>) -> Result<PathBuf, Stop> {
    if let Some(dir) = asked {
        return if holds_client(dir) {
            Ok(dir.to_owned())
        } else {
            Err(Stop::Wrong(format!(
                "web is \"{}\", but it must be a folder with the built browser client; there is no \
                 index.html in it.",
                dir.display()
            )))
        };
    }
    candidates().into_iter().find(|dir| holds_client(dir)).ok_or_else(|| {
        let tried: Vec<_> = candidates().iter().map(|dir| dir.display().to_string()).collect();
        Stop::Wrong(format!(
            "The browser client was not found in {}. Build it (cargo build), or say where it is \
             with --web.",
            tried.join(", nor in ")
        ))
    })
}

fn candidates() -> Vec<PathBuf> {
    let built = option_env!("PLACE_BUILT_WEB").map(PathBuf::from);
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("web")));
    built.into_iter().chain(beside).chain([SHARED_DIR.into()]).collect()
}

fn holds_client(dir: &Path) -> bool {
    dir.join("index.html").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_client_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let Err(Stop::Wrong(text)) = find(Some(dir.path())) else { panic!("found a client") };
        assert!(text.contains(dir.path().to_str().unwrap()), "{text}");
        std::fs::write(dir.path().join("index.html"), "").unwrap();
        assert_eq!(find(Some(dir.path())).unwrap(), dir.path());
    }
}
