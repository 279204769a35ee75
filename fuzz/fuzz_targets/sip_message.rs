#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|bytes: &[u8]| hovor::fuzzing::sip_message(bytes));

// Now and then it begins again with a message of RFC 4475.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let torture = hovor::fuzzing::torture();
    let size = match torture.get(seed as usize % 2_000) {
        Some(message) if message.len() <= max_size => {
            data[..message.len()].copy_from_slice(message);
            message.len()
        }
        _ => size,
    };
    fuzzer_mutate(data, size, max_size)
});
