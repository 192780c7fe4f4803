//! What grows with a canvas's size, its seats and the length of its journal,
//! and how: `cargo bench --bench growth`, in about seven minutes and with a
//! gigabyte of disk below the folder for temporary files (TMPDIR). An argument
//! names one part: `journal`, `size`, `seats` or `tools`.
//!
//! Journals are written through the store, a batch a commit; everything that
//! people do with them is done by the program itself, as a process.

mod made;
mod program;
mod seats;
mod size;
mod table;
mod through;
mod tools;

use std::process::ExitCode;

/// Random numbers, the same in every run (`SplitMix64`).
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    /// A number below `end`.
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u64::from(((bits ^ (bits >> 31)) >> 32) as u32) * u64::from(end)) >> 32) as u32
    }
}

fn main() -> ExitCode {
    // Cargo adds an argument of its own.
    let only: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted = |part: &str| only.is_empty() || only.iter().any(|name| name == part);
    let parts: [(&str, fn() -> Result<(), program::Failed>); 4] = [
        ("size", size::measure),
        ("seats", seats::measure),
        ("journal", through::measure),
        ("tools", tools::measure),
    ];
    for (name, measure) in parts.into_iter().filter(|(name, _)| wanted(name)) {
        if let Err(error) = measure() {
            eprintln!("growth, {name}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
