//! `place backup`, `place restore`, `place check` and `place repair`.

use std::path::Path;

use super::Failure;
use crate::background::{Priority, step_back};
use crate::clock;
use crate::store;

/// `place backup FILE`
pub(super) fn backup(data: &Path, file: &Path) -> Result<(), Failure> {
    // A server may be at work beside it.
    step_back(Priority::Lowest.nice());
    let report = store::backup(data, file).map_err(Failure::other)?;
    println!("{}", report.check);
    println!("Backed up to {}, {}.", file.display(), size(report.bytes));
    Ok(())
}

/// `place restore FILE`
pub(super) fn restore(data: &Path, file: &Path, force: bool) -> Result<(), Failure> {
    let report = store::restore(file, data, force, clock::wall_ms()).map_err(Failure::other)?;
    println!("{}", report.check);
    println!("Restored {} into {}.", file.display(), data.display());
    if let Some(aside) = report.kept_aside {
        println!("What was there before is now {}.", aside.display());
    }
    Ok(())
}

/// `place check`
pub(super) fn check(data: &Path) -> Result<(), Failure> {
    step_back(Priority::Lowest.nice());
    let report = store::check(data)?;
    if report.is_good() {
        println!("{report}");
        Ok(())
    } else if report.is_complete() {
        let advice = "Everything that people did is there; what is damaged is made again.";
        Err(Failure::Other(format!("{report}\n{advice}")))
    } else {
        let advice = "Go on from what is whole: place repair. Or restore a backup: place restore \
                      FILE --force. Both keep what is here beside.";
        Err(Failure::Other(format!("{report}\n{advice}")))
    }
}

/// `place repair`
pub(super) fn repair(data: &Path) -> Result<(), Failure> {
    let report = store::repair(data, clock::wall_ms()).map_err(Failure::other)?;
    println!("{report}");
    check(data)
}

/// Repairs what kept the server from starting, and says so where its owner looks.
pub(super) fn repair_and_say(data: &Path) -> Result<(), Failure> {
    let report = store::repair(data, clock::wall_ms()).map_err(Failure::other)?;
    for line in report.to_string().lines() {
        tracing::error!("{line}");
    }
    Ok(())
}

/// A number of bytes, as people read it.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KB", "MB", "GB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let table = [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 KB"), (12_340_000, "12.3 MB")];
        for (bytes, text) in table {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(size(u64::MAX), "18446744073.7 GB");
    }
}
