//! What the server tells about itself: a log and numbers.

mod log;
mod metrics;
mod processor;
mod stages;

pub use log::init as init_log;
pub use metrics::{CONTENT_TYPE, Metrics};
pub use stages::Stage;
