//! Plots of series over time, one below the other, as SVG: lines, a scale, and
//! a name. Nothing else is needed to see whether something grows.

use std::fmt::Write;

/// Size of one plot, and the room around it, in pixels.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 110.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 26.0;
const BETWEEN: f64 = 30.0;

/// A line of a plot.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) color: &'static str,
    pub(crate) values: Vec<f64>,
}

/// A plot: lines that share a scale.
pub(crate) struct Plot {
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
}

/// All plots over the same moments, in seconds.
pub(crate) fn draw(title: &str, seconds: &[f64], plots: &[Plot]) -> String {
    let height = TOP + plots.len() as f64 * (HEIGHT + BETWEEN) + BETWEEN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        LEFT + WIDTH + 20.0
    );
    text(&mut out, LEFT, 16.0, "start", title);
    let last = seconds.last().copied().unwrap_or(1.0).max(1.0);
    for (number, plot) in plots.iter().enumerate() {
        let top = TOP + 14.0 + number as f64 * (HEIGHT + BETWEEN);
        draw_plot(&mut out, plot, top, |second| LEFT + second / last * WIDTH, seconds);
    }
    let bottom = height - BETWEEN / 2.0;
    for part in 0..=5 {
        let second = last * f64::from(part) / 5.0;
        let label = format!("{:.1} min", second / 60.0);
        text(&mut out, LEFT + second / last * WIDTH, bottom, "middle", &label);
    }
    out + "</svg>\n"
}

fn draw_plot(out: &mut String, plot: &Plot, top: f64, x: impl Fn(f64) -> f64, seconds: &[f64]) {
    let highest = plot.lines.iter().flat_map(|line| &line.values).fold(0.0, |a, b| f64::max(a, *b));
    let end = round_up(highest);
    let y = |value: f64| top + HEIGHT - value / end * HEIGHT;
    for part in 0..=2 {
        let value = end * f64::from(part) / 2.0;
        let at = y(value);
        let _ =
            writeln!(out, "<path d=\"M{LEFT} {at:.1}h{WIDTH}\" stroke=\"#ddd\" fill=\"none\"/>");
        text(out, LEFT - 6.0, at + 4.0, "end", &format!("{value}"));
    }
    text(out, LEFT, top - 5.0, "start", &plot.title);
    for (number, line) in plot.lines.iter().enumerate() {
        let points = seconds.iter().zip(&line.values);
        let points: Vec<String> =
            points.map(|(second, value)| format!("{:.1},{:.1}", x(*second), y(*value))).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" stroke=\"{}\" stroke-width=\"1.3\" fill=\"none\"/>",
            points.join(" "),
            line.color
        );
        let at = LEFT + WIDTH - number as f64 * 90.0;
        let _ = write!(out, "<g fill=\"{}\">", line.color);
        text(out, at, top - 5.0, "end", line.name);
        out.push_str("</g>\n");
    }
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    // Writing to a string can't fail, here and above.
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

/// The next higher of 1, 2, 4, 5 and their tens.
fn round_up(value: f64) -> f64 {
    let mut power = 1e-3;
    loop {
        for step in [1.0, 2.0, 4.0, 5.0] {
            if step * power >= value {
                return step * power;
            }
        }
        power *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_on_round_numbers() {
        for (value, end) in [(0.7, 1.0), (1.0, 1.0), (130.0, 200.0), (4001.0, 5000.0)] {
            assert!((round_up(value) / end - 1.0).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn every_line_has_its_points_within_the_picture() {
        let line = Line { name: "p50", color: "#06c", values: vec![0.0, 5.0, 10.0] };
        let plot = Plot { title: "a < b".to_owned(), lines: vec![line] };
        let svg = draw("Soak", &[0.0, 30.0, 60.0], &[plot]);
        assert!(svg.contains("points=\"70.0,150.0 430.0,95.0 790.0,40.0\""), "{svg}");
        assert!(svg.contains("a &lt; b") && svg.ends_with("</svg>\n"));
    }
}
