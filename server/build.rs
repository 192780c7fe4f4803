//! Builds the browser client, so that `cargo run` alone gives a whole server.
//!
//! The client is built into `web/dist` when anything that it is made of has
//! changed since; otherwise this takes a few milliseconds. Several builds at a
//! time (an editor's check beside a run) wait for each other, and nobody ever
//! sees half a client: it is built beside and then renamed.
//!
//! `PLACE_WEB_DIST` names a folder with a built client instead; then neither
//! Node nor npm is needed.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// What the client is made of, relative to the repository.
const SOURCES: [&str; 11] = [
    "web/src",
    "web/public",
    "web/build",
    "web/index.html",
    "web/package.json",
    "web/package-lock.json",
    "web/vite.config.ts",
    "web/tsconfig.base.json",
    "web/tsconfig.json",
    "assets/lang",
    "assets/icons",
];

/// Holds the hash of the sources that a client was built from.
const STAMP: &str = ".stamp";

/// Folder in `web` for a client that is being built, and for the one that it
/// replaces: on the same disk, so that they can be renamed.
const BESIDE: &str = ".build";

/// What npm writes when it has installed everything that the lock file names.
const INSTALLED: &str = "node_modules/.package-lock.json";

/// Lines of a failed npm that are shown: the cause comes first, then its manual.
const SAID_MAX_LINES: usize = 30;

fn main() {
    if let Err(error) = run() {
        println!("cargo::error={error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=PLACE_WEB_DIST");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let built = match env::var_os("PLACE_WEB_DIST").filter(|dir| !dir.is_empty()) {
        Some(dir) => prebuilt(&root.join(dir))?,
        None => build(&root)?,
    };
    println!("cargo::rustc-env=PLACE_BUILT_WEB={}", built.display());
    Ok(())
}

fn prebuilt(dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let page = dir.join("index.html");
    println!("cargo::rerun-if-changed={}", page.display());
    if page.is_file() {
        Ok(dir.to_owned())
    } else {
        Err(format!("PLACE_WEB_DIST is {}, but there is no index.html in it", dir.display()).into())
    }
}

fn build(root: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let web = root.join("web");
    let dist = web.join("dist");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }
    println!("cargo::rerun-if-changed={}", dist.join(STAMP).display());

    // A lock on the folder itself leaves no file behind.
    let lock = File::open(&web)?;
    lock.lock()?;
    let sources = hash_of(&SOURCES.map(|source| root.join(source)))?;
    if fs::read_to_string(dist.join(STAMP)).is_ok_and(|stamp| stamp == sources) {
        return Ok(dist);
    }
    install(&web)?;
    let beside = web.join(BESIDE);
    remove(&beside)?;
    let fresh = beside.join("new/dist");
    fs::create_dir_all(&fresh)?;
    npm(&web, &["run", "--silent", "build"], Some(&fresh))?;
    write_stamp(&fresh.join(STAMP), &sources)?;
    replace(&dist, &fresh, &beside.join("old"))?;
    remove(&beside)?;
    Ok(dist)
}

/// Installs the packages, if the lock file has changed since the last time.
fn install(web: &Path) -> Result<(), Box<dyn Error>> {
    let changed = |file: &str| fs::metadata(web.join(file))?.modified();
    let wanted = changed("package-lock.json")?;
    match changed(INSTALLED) {
        Ok(installed) if installed >= wanted => Ok(()),
        _ => npm(web, &["ci", "--include=dev"], None),
    }
}

fn npm(web: &Path, args: &[&str], out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(program);
    command.args(args).current_dir(web).env("NO_COLOR", "1");
    if let Some(out) = out {
        command.env("PLACE_WEB_OUT", out);
    }
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            "npm was not found. The browser client is built with it: install \
                                    Node.js 20.19 or later from your system or nodejs.org, or name \
                                    a folder with a built client in PLACE_WEB_DIST."
                .to_owned()
        }
        _ => format!("npm can't be run: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    for line in String::from_utf8_lossy(&said).lines().take(SAID_MAX_LINES) {
        println!("cargo::warning={line}");
    }
    Err(format!(
        "`npm {}` in {} failed, {}: see the warnings above. PLACE_WEB_DIST=web/dist goes on with \
         the client that was built last.",
        args.join(" "),
        web.display(),
        output.status
    )
    .into())
}

/// Cargo runs this script again when the stamp is newer than its last start, so
/// the stamp must look old; all that counts is what is in it, and that it is
/// there.
fn write_stamp(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    File::options()
        .write(true)
        .open(path)?
        .set_modified(SystemTime::UNIX_EPOCH + Duration::from_hours(24))
}

/// Puts a new folder in the place of an old one, which goes aside.
fn replace(old: &Path, new: &Path, aside: &Path) -> io::Result<()> {
    match fs::rename(old, aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::rename(new, old),
    }
}

fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A hash of names and contents. Whether it is the same in another version of
/// Rust does not matter: then the client is built once more.
fn hash_of(paths: &[PathBuf]) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        hash_into(path, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn hash_into(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    path.file_name().hash(hasher);
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        entries.sort_unstable();
        entries.len().hash(hasher);
        entries.iter().try_for_each(|entry| hash_into(entry, hasher))
    } else {
        fs::read(path)?.hash(hasher);
        Ok(())
    }
}
