//! A histogram of times with a bounded relative error, in the manner of
//! `HdrHistogram`: buckets get twice as wide with every power of two.

use serde::Serialize;

/// Buckets per power of two, as a power of two: 64, so that a value is told
/// within 1.6 %.
const PRECISION_BITS: u32 = 6;

/// Values below this have a bucket of their own.
const EXACT_BELOW: u64 = 1 << (PRECISION_BITS + 1);

/// Buckets for every 64-bit value.
const BUCKETS: usize = (64 - PRECISION_BITS as usize + 1) << PRECISION_BITS;

/// Counts of nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max_ns: u64,
}

/// What is told of a histogram, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Summary {
    pub(crate) count: u64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, max_ns: 0 }
    }

    pub(crate) fn record(&mut self, ns: u64) {
        self.counts[bucket_of(ns)] += 1;
        self.total += 1;
        self.max_ns = self.max_ns.max(ns);
    }

    /// The value that so many in a hundred do not exceed; the upper edge of
    /// its bucket, so never too good.
    pub(crate) fn quantile_ns(&self, per_hundred: u64) -> u64 {
        let rank = (self.total * per_hundred).div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return highest_in(bucket).min(self.max_ns);
            }
        }
        self.max_ns
    }

    pub(crate) fn summary(&self) -> Summary {
        Summary {
            count: self.total,
            p50_ms: to_ms(self.quantile_ns(50)),
            p99_ms: to_ms(self.quantile_ns(99)),
            max_ms: to_ms(self.max_ns),
        }
    }
}

/// Nanoseconds as milliseconds.
pub(crate) fn to_ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}

fn bucket_of(value: u64) -> usize {
    if value < EXACT_BELOW {
        return value as usize;
    }
    let shift = value.ilog2() - PRECISION_BITS;
    let base = (shift as usize) << PRECISION_BITS;
    base + (value >> shift) as usize
}

fn highest_in(bucket: usize) -> u64 {
    if bucket < EXACT_BELOW as usize {
        return bucket as u64;
    }
    let shift = (bucket >> PRECISION_BITS) - 1;
    let steps = (bucket - (shift << PRECISION_BITS)) as u64;
    ((steps + 1) << shift).wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket_within_the_promised_error() {
        for exponent in 0..64 {
            for value in
                [1u64 << exponent, (1 << exponent) + ((1 << exponent) >> 3), u64::MAX >> exponent]
            {
                let bucket = bucket_of(value);
                let top = highest_in(bucket);
                assert!(top >= value, "{value} in a bucket up to {top}");
                assert!((top - value) as f64 <= value as f64 / 64.0, "{value} told as {top}");
                assert_eq!(bucket_of(top), bucket, "the edge belongs to the bucket");
            }
        }
        assert!(bucket_of(u64::MAX) < BUCKETS);
    }

    #[test]
    fn quantiles_of_a_known_distribution() {
        let mut histogram = Histogram::new();
        (1..=100_000u64).for_each(|value| histogram.record(value * 1000));
        let close = |found: u64, expected: f64| (found as f64 / expected - 1.0).abs() < 0.02;
        assert!(close(histogram.quantile_ns(50), 50e6));
        assert!(close(histogram.quantile_ns(99), 99e6));
        assert_eq!(histogram.quantile_ns(100), 100_000_000);
        assert_eq!(histogram.summary().count, 100_000);
    }

    #[test]
    fn an_empty_histogram_tells_zeros() {
        assert_eq!(
            Histogram::new().summary(),
            Summary { count: 0, p50_ms: 0.0, p99_ms: 0.0, max_ms: 0.0 }
        );
    }
}
