//! PLACE.
