//! Palette files.

use place_core::Palette;
use place_core::palette::{PaletteColor, PaletteError};
use proptest::prelude::*;

/// Colors and names of a palette, in a short form.
fn read(text: &str) -> Vec<([u8; 3], String)> {
    let palette = Palette::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    palette.colors().iter().map(|color| (color.rgb, color.name.clone())).collect()
}

fn color(rgb: [u8; 3], name: &str) -> ([u8; 3], String) {
    (rgb, name.to_owned())
}

#[test]
fn gimp_palettes() {
    let expected = vec![color([255, 255, 255], "White"), color([0, 128, 7], "Sea green")];
    for text in [
        "GIMP Palette\nName: x\nColumns: 2\n#\n255 255 255\tWhite\n0 128 7 Sea green\n",
        "GIMP Palette\r\nName: x\r\nColumns: 2\r\n#\r\n255 255 255\tWhite\r\n0 128 7 Sea green\r\n",
        "\u{feff}GIMP Palette\n255 255 255 White\n  0 128   7\t Sea \t green  ",
        "\n\nGIMP Palette\n# 1 2 3 not a color\n255 255 255 White\n\n0 128 7 Sea green",
    ] {
        assert_eq!(read(text), expected, "{text:?}");
    }
}

#[test]
fn hex_lists() {
    let expected = vec![color([255, 0, 170], "#ff00aa"), color([1, 2, 3], "#010203")];
    for text in [
        "ff00aa\n010203\n",
        "FF00AA\r\n010203\r\n",
        "\u{feff}#ff00AA\n#010203",
        "; a comment\n// another\n\nff00aa\n  010203  \n\n",
        "ff00aa Untitled\n010203 untitled",
    ] {
        assert_eq!(read(text), expected, "{text:?}");
    }
    let named = vec![color([255, 0, 170], "Hot pink"), color([1, 2, 3], "Ink")];
    assert_eq!(read("#ff00aa  Hot pink\n010203\tInk"), named);
}

#[test]
fn a_color_without_a_name_is_called_by_its_value() {
    let text = "GIMP Palette\n255 0 170\n1 2 3 Untitled\n";
    assert_eq!(read(text), [color([255, 0, 170], "#ff00aa"), color([1, 2, 3], "#010203")]);
}

#[test]
fn a_line_that_is_no_color_is_named() {
    for (text, line, shown) in [
        ("GIMP Palette\nName: x\n256 0 0 Red\n", 3, "256 0 0 Red"),
        ("GIMP Palette\n-1 0 0 Red\n", 2, "-1 0 0 Red"),
        ("GIMP Palette\n0 0\n", 2, "0 0"),
        ("GIMP Palette\r\n1 2 3\r\nred green blue\r\n", 3, "red green blue"),
        ("GIMP Palette\nff0000\n", 2, "ff0000"),
        ("ff0000\n00ff0\n", 2, "00ff0"),
        ("ff0000\n00ff000\n", 2, "00ff000"),
        ("ff0000\n##00ff00\n", 2, "##00ff00"),
        ("ff0000\n+0ff00\n", 2, "+0ff00"),
        ("\u{feff}ff0000\n\n0xff00\n", 3, "0xff00"),
        ("ff0000\nſſſ\n", 2, "ſſſ"),
        ("<!doctype html>", 1, "<!doctype html>"),
    ] {
        let error = Palette::parse(text).expect_err(text);
        assert_eq!(error, PaletteError::Line { line, text: shown.to_owned() }, "{text:?}");
    }
    let long = "x".repeat(10_000);
    let error = Palette::parse(&long).expect_err("one long line").to_string();
    assert!(error.len() < 100, "the error shows the line's beginning: {error}");
}

#[test]
fn two_to_255_colors() {
    let list = |count: usize| "010203\n".repeat(count);
    for (count, good) in [(0, false), (1, false), (2, true), (255, true), (256, false)] {
        let palette = Palette::parse(&list(count));
        assert_eq!(palette.is_ok(), good, "{count} colors");
        if let Err(error) = palette {
            assert_eq!(error, PaletteError::Count(count));
        }
    }
    let endless = Palette::parse(&list(100_000)).expect_err("far too many");
    assert_eq!(endless, PaletteError::Count(256), "reading stops at the first one too many");
    let palette = Palette::parse(&list(255)).expect("255 colors");
    assert!(palette.contains(254) && !palette.contains(255));
}

#[test]
fn names_of_up_to_32_characters() {
    let named = |letter: &str, count: usize| format!("010203 {}\n040506\n", letter.repeat(count));
    for letter in ["x", "ü", "🎨"] {
        assert!(Palette::parse(&named(letter, 32)).is_ok(), "32 of {letter}");
        let error = Palette::parse(&named(letter, 33)).expect_err("33 are too many");
        assert_eq!(error, PaletteError::Name(letter.repeat(32)));
    }
}

#[test]
fn bits_hold_the_highest_color() {
    for (colors, bits) in
        [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (16, 4), (17, 5), (32, 5), (33, 6), (255, 8)]
    {
        assert_eq!(Palette::bits_for(colors), bits, "{colors} colors");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in r"(GIMP Palette\n)?(\PC|\n|[0-9a-f#; ]){0,200}") {
        if let Ok(palette) = Palette::parse(&text) {
            prop_assert!((2..=255).contains(&palette.len()));
        }
    }

    #[test]
    fn what_is_written_reads(colors in prop::collection::vec((any::<[u8; 3]>(), "[a-z]{1,16}( [a-z]{1,15})?"), 2..40)) {
        let colors: Vec<_> =
            colors.into_iter().map(|(rgb, name)| PaletteColor { rgb, name }).collect();
        let gimp = |color: &PaletteColor| {
            let [r, g, b] = color.rgb;
            format!("{r:3} {g:3} {b:3}\t{}\n", color.name)
        };
        let hex = |color: &PaletteColor| format!("{} {}\n", color.hex(), color.name);
        let untitled = colors.iter().any(|color| color.name == "untitled");
        prop_assume!(!untitled);
        let gimp = format!("GIMP Palette\n#\n{}", colors.iter().map(gimp).collect::<String>());
        let hex = colors.iter().map(hex).collect::<String>();
        for text in [gimp.clone(), gimp.replace('\n', "\r\n"), hex.clone(), hex.to_uppercase()] {
            let palette = Palette::parse(&text).expect("a good file");
            let rgb = |colors: &[PaletteColor]| colors.iter().map(|c| c.rgb).collect::<Vec<_>>();
            prop_assert_eq!(rgb(palette.colors()), rgb(&colors));
        }
        let read = Palette::parse(&gimp).expect("a good file");
        prop_assert_eq!(read.colors(), colors.as_slice());
    }
}
