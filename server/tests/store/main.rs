//! The store on real files: what is written stays, what is damaged is told.

mod backup;
mod checkpoints;
mod child;
mod damage;
#[cfg(target_os = "linux")]
mod faults;
mod forget;
mod kill;
#[cfg(target_os = "linux")]
mod nth;
mod opening;
mod repair;
mod support;
mod trash;
mod writing;
