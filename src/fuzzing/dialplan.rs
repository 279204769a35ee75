//! Dialplan files.

use crate::dialplan::{SourceFile, World, load};

/// Any text is read as a dialplan, and what is wrong with it can be drawn.
pub fn dialplan(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for world in [World::new(), World::unknown()] {
        let loaded = load(vec![SourceFile::new("fuzz.toml", text)], &world);
        for problem in loaded.err().into_iter().flatten() {
            assert!(!problem.picture(false).is_empty());
        }
    }
}
