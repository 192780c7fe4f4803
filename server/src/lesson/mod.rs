//! What happens in a lesson besides drawing: its settings change, timers end,
//! doors open and close by the hours, people come and go, teachers announce.
//!
//! One task, the [`Clockwork`], looks at every canvas once a second. What it
//! decides is decided by functions that are given the time.

mod announce;
mod bots;
mod change;
mod clockwork;
mod curtain;
mod door;
mod forget;
mod hours;
mod people;
mod purge;
mod standing;
mod timer;

pub use announce::{ANNOUNCEMENT_MINUTES, announce, announce_everywhere, withdraw};
pub use change::{LessonError, change, tell, tell_soon};
pub use clockwork::Clockwork;
pub use door::close_to_others;
pub use forget::forget;
pub use people::{PEOPLE_MAX, here, name as seat_name, person, role as seat_role};
pub use standing::{after_standing, you};
pub use timer::{TIMER_SECONDS, set_timer, stop_timer};
