//! What the server tells about itself in `/metrics`.

use std::collections::BTreeMap;

/// Every number of one answer, by its name and labels as they stand there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    /// Reads the text form; lines that are no numbers are left out.
    pub(crate) fn parse(text: &str) -> Self {
        let numbers = text.lines().filter(|line| !line.starts_with('#'));
        let pairs = numbers.filter_map(|line| line.rsplit_once(' '));
        Self(
            pairs
                .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
                .collect(),
        )
    }

    /// One number; zero if it is not there.
    pub(crate) fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }

    /// How much a counter has grown since an earlier answer.
    pub(crate) fn since(&self, earlier: &Self, name: &str) -> f64 {
        self.get(name) - earlier.get(name)
    }

    /// What a histogram has seen since an earlier answer. `label` is its only
    /// label besides the edge, such as `stage="sync"`.
    pub(crate) fn histogram_since(&self, earlier: &Self, name: &str, label: &str) -> Distribution {
        let prefix = format!("{name}_bucket{{le=\"");
        let suffix = format!("\",{label}}}");
        let mut buckets: Vec<(f64, f64)> = self
            .0
            .keys()
            .filter_map(|key| {
                let edge = key.strip_prefix(&prefix)?.strip_suffix(&suffix)?;
                let edge = if edge == "+Inf" { f64::INFINITY } else { edge.parse().ok()? };
                Some((edge, self.since(earlier, key)))
            })
            .collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let sum = self.since(earlier, &format!("{name}_sum{{{label}}}"));
        Distribution { sum, buckets }
    }
}

/// A histogram's growth: edges in seconds, cumulative counts.
#[derive(Clone, Debug)]
pub(crate) struct Distribution {
    sum: f64,
    buckets: Vec<(f64, f64)>,
}

impl Distribution {
    /// How many were counted.
    pub(crate) fn count(&self) -> f64 {
        self.buckets.last().map_or(0.0, |(_, count)| *count)
    }

    /// Their mean, in seconds.
    pub(crate) fn mean(&self) -> f64 {
        if self.count() > 0.0 { self.sum / self.count() } else { 0.0 }
    }

    /// The value, in seconds, that this share does not exceed: within its bucket
    /// by proportion, as Prometheus does it.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let rank = self.count() * share;
        let (mut edge_below, mut count_below) = (0.0, 0.0);
        for (edge, count) in &self.buckets {
            if *count >= rank && *count > count_below {
                let part = (rank - count_below) / (count - count_below);
                let edge = if edge.is_finite() { *edge } else { edge_below };
                return edge_below + (edge - edge_below) * part;
            }
            (edge_below, count_below) = (*edge, *count);
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "# TYPE x histogram\nx_sum{stage=\"sync\"} 1.0\n\
        x_bucket{le=\"0.001\",stage=\"sync\"} 5\nx_bucket{le=\"0.002\",stage=\"sync\"} 5\n\
        x_bucket{le=\"+Inf\",stage=\"sync\"} 5\n# EOF\n";
    const AFTER: &str = "x_sum{stage=\"sync\"} 1.015\nx_bucket{le=\"0.001\",stage=\"sync\"} 5\n\
        x_bucket{le=\"0.002\",stage=\"sync\"} 15\nx_bucket{le=\"+Inf\",stage=\"sync\"} 15\n";

    #[test]
    fn a_histogram_grows_between_two_answers() {
        let (before, after) = (Metrics::parse(BEFORE), Metrics::parse(AFTER));
        let grown = after.histogram_since(&before, "x", "stage=\"sync\"");
        assert!((grown.count() - 10.0).abs() < 1e-9);
        assert!((grown.mean() - 0.0015).abs() < 1e-9);
        assert!((grown.quantile(0.5) - 0.0015).abs() < 1e-9);
        assert!((grown.quantile(1.0) - 0.002).abs() < 1e-9);
        let nothing = after.histogram_since(&after, "x", "stage=\"sync\"");
        assert_eq!((nothing.count(), nothing.mean(), nothing.quantile(0.5)), (0.0, 0.0, 0.0));
    }
}
