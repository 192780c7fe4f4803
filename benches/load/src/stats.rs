//! A little statistics.

/// The middle one; the mean of the two middle ones of an even number.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count => f64::midpoint(values[(count - 1) / 2], values[count / 2]),
    }
}

/// A straight line through points, by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trend {
    /// How much it rises for each step of x.
    pub(crate) slope: f64,
    /// The standard error of that.
    pub(crate) error: f64,
    /// The mean of the values.
    pub(crate) mean: f64,
}

/// The trend of at least three points.
pub(crate) fn trend(points: &[(f64, f64)]) -> Option<Trend> {
    if points.len() < 3 {
        return None;
    }
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    if spread <= 0.0 {
        return None;
    }
    let slope = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / spread;
    let rest = |(x, y): &(f64, f64)| (y - mean_y - slope * (x - mean_x)).powi(2);
    let error = (points.iter().map(rest).sum::<f64>() / (count - 2.0) / spread).sqrt();
    Some(Trend { slope, error, mean: mean_y })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_and_noise_is_told() {
        let line: Vec<_> = (0..10).map(|x| (f64::from(x), 3.0 + 2.0 * f64::from(x))).collect();
        let exact = trend(&line).unwrap();
        assert!((exact.slope - 2.0).abs() < 1e-9 && exact.error < 1e-9);
        assert!((exact.mean - 12.0).abs() < 1e-9);
        let noise: Vec<_> = (0..10).map(|x| (f64::from(x), f64::from(x % 2))).collect();
        let found = trend(&noise).unwrap();
        assert!(found.slope.abs() < found.error, "{found:?}");
        assert_eq!(trend(&line[..2]), None);
        assert_eq!(trend(&[(1.0, 1.0); 5]), None, "all at one moment");
    }

    #[test]
    fn the_middle_of_odd_and_even_numbers() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(Vec::new()).abs() < 1e-9);
    }
}
