//! See the function that it calls.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| place_fuzz::settings::read(bytes));
