//! Recordings that were under way when the program was gone without warning. They belong to calls that
//! are no more, so nobody would ever remove them.

use std::path::Path;

use tracing::{info, warn};

/// Removes every recording in `folder`. To be called before the first session of this process begins.
pub fn remove(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut removed = 0;
    for path in paths.filter(|path| path.extension().is_some_and(|ending| ending == "wav")) {
        match std::fs::remove_file(&path) {
            Ok(()) => removed += 1,
            Err(error) => {
                warn!(path = %path.display(), %error, "cannot remove a recording of an earlier run")
            }
        }
    }
    if removed > 0 {
        info!(removed, "recordings of interrupted calls are removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_of_an_earlier_run_go_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("hovor-leftovers-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("deeper")).unwrap();
        for name in ["1.wav", "2.wav", "notes.txt", "deeper/3.wav"] {
            std::fs::write(folder.join(name), "x").unwrap();
        }
        remove(&folder);
        let left = ["1.wav", "2.wav", "notes.txt", "deeper/3.wav"].map(|name| folder.join(name).exists());
        assert_eq!(left, [false, false, true, true]);
        remove(&folder.join("nowhere"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
