//! Words and numbers that several commands print.

use std::fmt::Write;

use crate::histogram::Summary;
use crate::stage::Check;

pub(crate) fn checked(check: &Check) -> String {
    let Check { samples_identical, samples_different, unanswered, gaps, reloads, .. } = check;
    let verdict = if check.passed() { "passed" } else { "FAILED" };
    format!(
        "{verdict}: {samples_identical} copies identical with the server's board, \
         {samples_different} different; {unanswered} unanswered, {gaps} gaps, {reloads} reloads"
    )
}

pub(crate) fn times(summary: &Summary) -> String {
    let Summary { count, p50_ms, p99_ms, max_ms } = summary;
    format!("p50 {p50_ms:.2}, p99 {p99_ms:.2}, max {max_ms:.2} ms ({count})")
}

pub(crate) fn line(out: &mut String, name: &str, value: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(out, "  {name:<28}{value}");
}
