//! PLACE.
fn main() {}
