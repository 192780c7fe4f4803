//! `fsync`: what the disk takes by itself.

use std::path::PathBuf;

use super::Output;
use crate::stage::LoadError;
use crate::{sync, text};

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// How many.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..100_000))]
    rounds: u64,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let summary = sync::measure(&args.folder, args.rounds)?;
    output.show(&summary, |summary| format!("one write and fdatasync: {}", text::times(summary)));
    Ok(true)
}
