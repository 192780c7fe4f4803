//! The palettes that come with the server.

use std::sync::LazyLock;

use place_core::Palette;

/// The palette of a canvas unless asked otherwise.
pub const DEFAULT: &str = "studio-32";

/// A palette that comes with the server.
#[derive(Debug)]
pub struct BuiltIn {
    /// By what it is asked for.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Its colors.
    pub palette: Palette,
}

/// Id and file, in the order in which they are offered.
const FILES: [(&str, &str); 3] = [
    ("studio-32", include_str!("../../assets/palettes/studio-32.gpl")),
    ("basic-16", include_str!("../../assets/palettes/basic-16.gpl")),
    ("gray-8", include_str!("../../assets/palettes/gray-8.gpl")),
];

static ALL: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
    let read = |(id, text): (&'static str, &'static str)| {
        let name = text.lines().find_map(|line| line.strip_prefix("Name: "));
        let palette = Palette::parse(text).expect("a built-in palette can be read");
        BuiltIn { id, name: name.unwrap_or(id), palette }
    };
    FILES.into_iter().map(read).collect()
});

/// All of them; the default comes first.
pub fn all() -> &'static [BuiltIn] {
    &ALL
}

/// The one with this id.
pub fn find(id: &str) -> Option<&'static BuiltIn> {
    all().iter().find(|built_in| built_in.id == id)
}

/// The palette of a canvas unless asked otherwise.
pub fn default() -> &'static BuiltIn {
    find(DEFAULT).expect("the default palette is built in")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Least distance in `OKLab` at which two colors of a palette are told apart
    /// beside each other on a projector.
    const DISTANCE_MIN: f64 = 0.09;

    /// `OKLab`, in which equal distances look equally different.
    fn oklab(rgb: [u8; 3]) -> [f64; 3] {
        let linear = rgb.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        let times = |rows: [[f64; 3]; 3], v: [f64; 3]| {
            rows.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>())
        };
        let cones = times(
            [
                [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
                [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
                [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
            ],
            linear,
        );
        times(
            [
                [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
                [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
                [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
            ],
            cones.map(f64::cbrt),
        )
    }

    #[test]
    fn each_has_the_colors_that_its_id_says() {
        for built_in in all() {
            let count: usize = built_in.id.rsplit('-').next().unwrap().parse().unwrap();
            assert_eq!(built_in.palette.len(), count, "{}", built_in.id);
            assert_ne!(built_in.name, built_in.id);
            assert_eq!(find(built_in.id).unwrap().id, built_in.id);
        }
        assert_eq!(all()[0].id, default().id);
        assert!(find("none").is_none());
    }

    #[test]
    fn an_empty_canvas_is_white() {
        for built_in in all() {
            assert_eq!(built_in.palette.colors()[0].rgb, [255; 3], "{}", built_in.id);
        }
    }

    #[test]
    fn names_are_names_and_no_two_are_alike() {
        for built_in in all() {
            let mut seen = HashSet::new();
            for color in built_in.palette.colors() {
                assert!(!color.name.contains('#'), "{} has no name", color.hex());
                assert!(seen.insert(color.name.to_lowercase()), "{} comes twice", color.name);
            }
        }
    }

    #[test]
    fn any_two_colors_can_be_told_apart() {
        for built_in in all() {
            let colors = built_in.palette.colors();
            for (index, one) in colors.iter().enumerate() {
                for other in &colors[..index] {
                    let pairs = oklab(one.rgb).into_iter().zip(oklab(other.rgb));
                    let distance = pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    assert!(
                        distance >= DISTANCE_MIN,
                        "{} and {}: {distance}",
                        one.name,
                        other.name
                    );
                }
            }
        }
    }
}
