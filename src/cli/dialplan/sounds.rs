//! How long recordings are, and what is said in them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use hound::WavReader;

use crate::dialplan::Plans;
use crate::dialplan::trial::Sounds;

/// What is known of the sounds of these plans: lengths from the files' headers, words from the lists
/// beside them (`texts/en.tsv`: a name, a tab, the words). What cannot be read is not known.
pub fn look(media: &Path, plans: &Plans) -> Sounds {
    let mut sounds = Sounds::default();
    for name in plans.sounds() {
        // Not by `with_extension`: a name may hold a dot.
        let length = length(&media.join(format!("{name}.wav")));
        sounds.lengths.extend(length.map(|length| (name, length)));
    }
    sounds.texts = texts(&media.join("texts"));
    sounds
}

fn length(path: &Path) -> Option<Duration> {
    let reader = WavReader::open(path).ok()?;
    let rate = reader.spec().sample_rate.max(1);
    Some(Duration::from_secs_f64(f64::from(reader.duration()) / f64::from(rate)))
}

fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let language = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        let is_list = path.extension().is_some_and(|ending| ending == "tsv");
        let (Some(language), Ok(list)) = (language.filter(|_| is_list), std::fs::read_to_string(&path))
        else {
            continue;
        };
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            if let (Some(name), Some(text)) = (columns.next(), columns.next()) {
                texts.insert(format!("prompts/{language}/{name}"), text.to_owned());
            }
        }
    }
    texts
}
