//! The curtain: hides the picture from some, and shows it again.

use place_core::feed::text_frame;
use place_core::wire::lesson::Curtain;
use place_core::wire::text::ServerText;

use crate::sequencer::{Audience, LiveCanvas, Word};

/// The people of a canvas whom a curtain may hide the picture from, and whether
/// it does.
fn groups(curtain: Curtain) -> [(Audience, bool); 2] {
    [
        (Audience::Onlookers, curtain != Curtain::None),
        (Audience::Students, curtain == Curtain::Everyone),
    ]
}

/// Draws the curtain that the settings ask for, where it was `before`: stops the
/// feed of those from whom the picture is hidden now, and has those load it whom
/// it is shown to again.
pub(super) fn draw(live: &LiveCanvas, before: Curtain) {
    let now = live.classroom.settings().curtain;
    for ((audience, is_hidden), (_, was_hidden)) in groups(now).into_iter().zip(groups(before)) {
        match (was_hidden, is_hidden) {
            (false, true) => hide(live, audience),
            (true, false) => live.say(audience, &ServerText::Reload { reason: "shown".to_owned() }),
            _ => {}
        }
    }
}

/// Says again to those from whom the picture is hidden that it is: they hear
/// nothing else, and a client that hears nothing takes its connection for dead.
pub(super) fn remind(live: &LiveCanvas) {
    for (audience, is_hidden) in groups(live.classroom.settings().curtain) {
        if is_hidden {
            hide(live, audience);
        }
    }
}

fn hide(live: &LiveCanvas, audience: Audience) {
    live.post(audience, Word::Hide(text_frame(&ServerText::Hidden)));
}
