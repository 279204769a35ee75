//! Any text is read as a dialplan without a panic, and what is wrong with it can be drawn.
//!
//! ```sh
//! cargo +nightly fuzz run dialplan fuzz/corpus/dialplan tests/check/broken tests/check/good dialplans/demo
//! ```

#![no_main]

use hovor::dialplan::{self, SourceFile, World};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for world in [World::new(), World::unknown()] {
        let loaded = dialplan::load(vec![SourceFile::new("fuzz.toml", text)], &world);
        for problem in loaded.err().into_iter().flatten() {
            assert!(!problem.picture(false).is_empty());
        }
    }
});
