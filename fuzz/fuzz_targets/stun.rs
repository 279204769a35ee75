#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hovor::fuzzing::stun(bytes));
