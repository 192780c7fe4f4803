//! By the length of the journal: start, check, backup, restore.

use std::time::Instant;

use crate::made::{Plan, make};
use crate::program::{Failed, boot, ms, run};
use crate::table::Table;

/// Placements, and those of one commit: a thousand for long journals, so that
/// they are made in a minute, and the worst case beside them.
const LENGTHS: [u64; 3] = [100_000, 1_000_000, 10_000_000];
const BATCH: u64 = 1000;

/// Journals in which each placement had a commit of its own.
const LONE: [u64; 2] = [10_000, 100_000];

pub(crate) fn measure() -> Result<(), Failed> {
    grow("By the length of the journal, 1000², batches of 1,000", &LENGTHS, BATCH)?;
    grow("By the length of the journal, 1000², each placement a commit", &LONE, 1)
}

fn grow(title: &'static str, lengths: &[u64], batch: u64) -> Result<(), Failed> {
    let mut table = Table::new(title, "placements");
    for placements in lengths {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let began = Instant::now();
        make(&data, Plan { side: 1000, placements: *placements, batch, seats: 30 })?;
        let made = ms(began);
        let bytes = std::fs::metadata(data.join("place.db"))?.len();
        let started = boot(&data)?;
        let checked = run(&["check"], &data)?;
        let backup = folder.path().join("backup");
        let target = backup.to_str().ok_or("a strange folder")?;
        let backed_up = run(&["backup", target], &data)?;
        let restored = run(&["restore", target], &folder.path().join("restored"))?;
        table.add(
            *placements as f64,
            &[
                ("made through the store, µs a placement", made * 1e3 / *placements as f64),
                ("database, bytes a placement", bytes as f64 / *placements as f64),
                ("start, ms", started.ms),
                ("start, MiB at most", started.peak_mib),
                ("check, ms", checked.ms),
                ("check, MiB at most", checked.peak_mib),
                ("backup with its check, ms", backed_up.ms),
                ("backup, MiB at most", backed_up.peak_mib),
                ("restore with its check, ms", restored.ms),
                ("restore, MiB at most", restored.peak_mib),
            ],
        );
    }
    table.print();
    Ok(())
}
