//! Tables, and the words for how something grows.

/// What was measured at each of several amounts.
pub(crate) struct Table {
    title: &'static str,
    /// What grows, and the amounts.
    pub(crate) by: &'static str,
    amounts: Vec<f64>,
    rows: Vec<(&'static str, Vec<f64>)>,
}

impl Table {
    pub(crate) fn new(title: &'static str, by: &'static str) -> Self {
        Self { title, by, amounts: Vec::new(), rows: Vec::new() }
    }

    /// What was found at one amount: a name with its unit, and a value.
    pub(crate) fn add(&mut self, amount: f64, found: &[(&'static str, f64)]) {
        self.amounts.push(amount);
        for (name, value) in found {
            match self.rows.iter_mut().find(|(row, _)| row == name) {
                Some((_, values)) => values.push(*value),
                None => self.rows.push((name, vec![*value])),
            }
        }
    }

    pub(crate) fn print(&self) {
        println!("\n### {}\n", self.title);
        let amounts: Vec<String> = self.amounts.iter().map(|amount| number(*amount)).collect();
        println!("| by {} | {} | grows |", self.by, amounts.join(" | "));
        println!("|---|{}---|", "---|".repeat(amounts.len()));
        for (name, values) in &self.rows {
            let texts: Vec<String> = values.iter().map(|value| number(*value)).collect();
            println!("| {name} | {} | {} |", texts.join(" | "), self.growth(values));
        }
    }

    /// The exponent between the first and the last amount, in a word: 0 is flat,
    /// 1 is linear.
    fn growth(&self, values: &[f64]) -> String {
        let ends = (self.amounts.first(), self.amounts.last(), values.first(), values.last());
        let (Some(from), Some(to), Some(first), Some(last)) = ends else { return String::new() };
        let exponent = (last / first).ln() / (to / from).ln();
        let slope = (last - first) / (to - from);
        match exponent {
            flat if flat < 0.1 => "flat".to_owned(),
            linear if linear > 0.85 => format!("linear, {slope:.2e} each ({linear:.2})"),
            less => format!("less than linear ({less:.2}), {slope:.2e} each"),
        }
    }
}

fn number(value: f64) -> String {
    match value {
        whole if whole >= 10_000.0 && whole.fract() == 0.0 => {
            let digits = format!("{whole:.0}");
            let groups = digits.as_bytes().rchunks(3).rev();
            groups.map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
        }
        large if large >= 100.0 => format!("{large:.0}"),
        middle if middle >= 1.0 => format!("{middle:.1}"),
        small => format!("{small:.3}"),
    }
}
