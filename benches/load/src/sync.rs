//! What the disk itself takes: the part of place→seen that no program can save.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::histogram::{Histogram, Summary};

/// Bytes of one write: about what the journal writes for a lone placement.
const WRITE_BYTES: usize = 4096;

/// Writes go round in a file of this size, in bytes, that is allocated
/// beforehand: only data has to reach the disk, as in a write-ahead log that is
/// used again after a checkpoint.
const FILE_BYTES: u64 = 1 << 20;

/// Times of one small write and `fdatasync` in a folder.
pub(crate) fn measure(folder: &Path, rounds: u64) -> io::Result<Summary> {
    measure_paced(folder, rounds, Duration::ZERO)
}

/// The same with a pause before each: a disk that has slept takes longer.
pub(crate) fn measure_paced(folder: &Path, rounds: u64, pause: Duration) -> io::Result<Summary> {
    let file: File = tempfile::tempfile_in(folder)?;
    let block = [0x5a; WRITE_BYTES];
    for at in (0..FILE_BYTES).step_by(WRITE_BYTES) {
        file.write_all_at(&block, at)?;
    }
    file.sync_all()?;
    let mut times = Histogram::new();
    for round in 0..rounds {
        if !pause.is_zero() {
            std::thread::sleep(pause);
        }
        let began = Instant::now();
        file.write_all_at(&block, round * WRITE_BYTES as u64 % FILE_BYTES)?;
        file.sync_data()?;
        times.record(began.elapsed().as_nanos() as u64);
    }
    Ok(times.summary())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_round_is_timed() {
        let summary = super::measure(&std::env::temp_dir(), 3).unwrap();
        assert_eq!(summary.count, 3);
        assert!(summary.max_ms > 0.0);
    }
}
