//! `place export`: a canvas as PNG, from a running server or from its folder.

use std::io::Write;
use std::path::{Path, PathBuf};

use place_core::limits::CANVAS_ID_MAX_BYTES;

use super::Failure;
use super::canvas::{open_store, record};
use super::control::Control;
use crate::snapshot::picture::{self, Crop, Picture, SCALE_MAX};

/// What to save, and how.
#[derive(Clone, Debug, clap::Args)]
pub struct Export {
    /// The canvas.
    #[arg(value_parser = canvas_id)]
    id: String,
    /// The file to write; - for standard output.
    file: PathBuf,
    /// Pixels for the side of a cell, 1 to 32.
    #[arg(long, value_name = "COUNT", default_value = "1", value_parser = scale)]
    scale: u32,
    /// Only a part: first column, first row, columns, rows.
    #[arg(long, value_name = "X,Y,W,H", value_parser = crop)]
    crop: Option<Crop>,
}

/// What can stand in an address as it is.
pub(super) fn canvas_id(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=CANVAS_ID_MAX_BYTES).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(format!("the id of a canvas: 1 to {CANVAS_ID_MAX_BYTES} letters, digits and hyphens"))
    }
}

fn scale(text: &str) -> Result<u32, String> {
    let scale = text.parse().ok().filter(|scale| (1..=SCALE_MAX).contains(scale));
    scale.ok_or_else(|| format!("a whole number from 1 to {SCALE_MAX}"))
}

fn crop(text: &str) -> Result<Crop, String> {
    let parts: Option<Vec<u16>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match parts.as_deref() {
        Some(&[x, y, width, height]) if width > 0 && height > 0 => Ok(Crop { x, y, width, height }),
        _ => {
            Err("four numbers: first column, first row, columns, rows, such as 0,0,64,32"
                .to_owned())
        }
    }
}

pub(super) fn run(data: &Path, export: &Export) -> Result<(), Failure> {
    let png = match Control::connect(data)? {
        Some(control) => control.get_bytes(&export.address())?,
        None => export.encode_stored(data)?,
    };
    let written = if export.file.as_os_str() == "-" {
        std::io::stdout().lock().write_all(&png)
    } else {
        std::fs::write(&export.file, &png)
    };
    written.map_err(|error| Failure::Other(format!("{}: {error}", export.file.display())))
}

impl Export {
    fn address(&self) -> String {
        let part = self.crop.map_or_else(String::new, |Crop { x, y, width, height }| {
            format!("&x={x}&y={y}&w={width}&h={height}")
        });
        format!("/api/canvases/{}/image.png?scale={}{part}", self.id, self.scale)
    }

    fn encode_stored(&self, data: &Path) -> Result<Vec<u8>, Failure> {
        let store = open_store(data)?;
        let record = record(&store, &self.id)?;
        let canvas = store.load(record.number)?.canvas;
        let picture =
            Picture::scaled(canvas.size(), self.crop, self.scale).map_err(Failure::other)?;
        let png = picture::encode(&canvas, &record.name, picture).map_err(Failure::other)?;
        store.close()?;
        Ok(png)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_is_four_numbers() {
        let wanted = Crop { x: 1, y: 2, width: 3, height: 4 };
        assert_eq!(crop("1,2, 3,4"), Ok(wanted));
        for text in ["", "1,2,3", "1,2,3,4,5", "1,2,0,4", "1,2,3,-4", "a,b,c,d", "1,2,3,70000"] {
            assert!(crop(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn ids_can_stand_in_an_address() {
        assert!(canvas_id("class-5b").is_ok());
        for text in ["", "a/b", "..", "a b", "ä", "a?b", &"a".repeat(33)] {
            assert!(canvas_id(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_address_says_what_is_wanted() {
        let mut export = Export { id: "a".to_owned(), file: PathBuf::new(), scale: 2, crop: None };
        assert_eq!(export.address(), "/api/canvases/a/image.png?scale=2");
        export.crop = Some(Crop { x: 1, y: 2, width: 3, height: 4 });
        assert_eq!(export.address(), "/api/canvases/a/image.png?scale=2&x=1&y=2&w=3&h=4");
    }
}
