//! QR codes as pictures that print sharply at any size.

use std::fmt::Write;

use actix_web::HttpResponse;
use fast_qr::{ECL, QRBuilder};

use super::error::ApiError;

/// White around the code, in modules: ISO/IEC 18004 asks for four.
const QUIET_MODULES: usize = 4;

/// The QR code of an address, black on white, as an answer.
pub(super) fn answer(address: &str) -> Result<HttpResponse, ApiError> {
    let svg =
        svg(address).ok_or_else(|| ApiError::invalid("the address is too long for a QR code"))?;
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}

/// The picture; `None` if the text is too long. A quarter of the code may be
/// dirty or torn.
fn svg(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::Q).build().ok()?;
    let side = code.size + 2 * QUIET_MODULES;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\""
    );
    for (y, row) in (0..code.size).map(|y| (y + QUIET_MODULES, &code[y])) {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one.value() == other.value()) {
            if run[0].value() {
                let _ = write!(svg, "M{} {y}h{}v1H{0}z", x + QUIET_MODULES, run.len());
            }
            x += run.len();
        }
    }
    svg.push_str("\"/></svg>");
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_white_around_it() {
        let svg = svg("http://192.168.1.20:8080/c/class-5b#key=ACDEFGHJKMNPQRTWXY").expect("fits");
        assert!(svg.contains("viewBox=\"0 0 45 45\""), "{svg}");
        // The upper edges of the two upper corner marks, seven modules long.
        for mark in ["M4 4h7v1H4z", "M34 4h7v1H34z", "M4 34h7v1H4z"] {
            assert!(svg.contains(mark), "{mark}: {svg}");
        }
        assert!(!svg.contains("M3 ") && !svg.contains(" 3h"), "{svg}");
        assert_eq!(super::svg(&"x".repeat(5000)), None);
    }
}
