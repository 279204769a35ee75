use super::*;
use crate::media::tone::level;

/// A folder of this test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hovor-speech-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn files(&self) -> usize {
        fs::read_dir(&self.0).map_or(0, |entries| {
            entries.filter(|e| e.as_ref().is_ok_and(|e| e.path().extension().is_some())).count()
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_text_is_spoken_once_and_kept_at_the_level_of_prompts() {
    let folder = Folder::new("kept");
    let speaker = Speaker::new(folder.0.clone());
    if speaker.program.is_none() {
        assert!(speaker.file("en", "hello").unwrap_err().contains("not installed"));
        return;
    }
    let path = speaker.file("cs", "Vaše objednávka je připravena.").unwrap();
    let before = fs::metadata(&path).unwrap().len();
    assert_eq!(speaker.file("cs", " Vaše objednávka je připravena.\n").unwrap(), path);
    assert_ne!(speaker.file("de", "Vaše objednávka je připravena.").unwrap(), path, "another voice");
    assert_eq!(folder.files(), 2);
    let samples = sound::read(BufReader::new(fs::File::open(&path).unwrap()), "it").unwrap();
    assert!((1.0..5.0).contains(&(samples.len() as f32 / crate::media::RATE as f32)) && before > 16_000);
    let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert!(loudest < 31_200, "never clipped");
    assert!((-22.0..-12.0).contains(&level(&samples)), "{} dBm0", level(&samples));
}

#[test]
fn no_text_is_an_option_or_a_phoneme() {
    assert_eq!(readable(" --version\u{7}[[h@l'oU]] "), "--version h@l'oU");
    assert_eq!(readable(&"a".repeat(5_000)).len(), LONGEST);
}

#[test]
fn what_was_not_wanted_for_the_longest_time_goes_first() {
    let folder = Folder::new("bounded");
    fs::create_dir_all(&folder.0).unwrap();
    let hour = Duration::from_secs(3_600);
    for n in 0..MOST_FILES + 20 {
        let file = fs::File::create(folder.0.join(format!("{n}.wav"))).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + hour * n as u32).unwrap();
    }
    let speaker = Speaker { program: None, folder: folder.0.clone() };
    speaker.prune();
    assert_eq!(folder.files(), MOST_FILES);
    assert!(!folder.0.join("19.wav").exists() && folder.0.join("20.wav").exists());
}

#[test]
fn a_program_that_fails_is_told() {
    let folder = Folder::new("failing");
    let speaker = Speaker { program: Some("/bin/false".into()), folder: folder.0.clone() };
    assert!(speaker.file("en", "hello").is_err());
    let speaker = Speaker { program: Some("/nowhere/espeak-ng".into()), folder: folder.0.clone() };
    assert!(speaker.file("en", "hello").unwrap_err().contains("/nowhere/espeak-ng"));
    assert_eq!(folder.files(), 0);
}
