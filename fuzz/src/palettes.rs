//! Palette files.

use place_core::Palette;
use place_core::limits::{COLOR_NAME_MAX_CHARS, PALETTE_MAX_COLORS, PALETTE_MIN_COLORS};

use crate::input::bounded;

/// A palette that can be read is within its limits, and is read the same from
/// either kind of file.
pub fn parse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Each color has a name of its own, and lists grow by doubling.
    let read = bounded(bytes.len(), 8192, 64, || Palette::parse(text));
    let Ok(palette) = read else { return };
    assert!((PALETTE_MIN_COLORS..=PALETTE_MAX_COLORS).contains(&palette.len()));
    let (mut hex, mut gimp) = (String::new(), "GIMP Palette\n".to_owned());
    for color in palette.colors() {
        assert!(color.name.chars().count() <= COLOR_NAME_MAX_CHARS);
        let [r, g, b] = color.rgb;
        hex += &format!("{} {}\n", color.hex(), color.name);
        gimp += &format!("{r} {g} {b} {}\n", color.name);
    }
    assert_eq!(Palette::parse(&hex).as_ref(), Ok(&palette), "{hex}");
    // A GIMP palette keeps one space between the words of a name.
    if palette.colors().iter().all(|color| is_in_words(&color.name)) {
        assert_eq!(Palette::parse(&gimp).as_ref(), Ok(&palette), "{gimp}");
    }
}

fn is_in_words(name: &str) -> bool {
    name.split_whitespace().collect::<Vec<_>>().join(" ") == name
}
