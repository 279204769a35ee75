//! What is known while a file is read, and the problems found on the way.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::piece::Piece;
use super::problem::{Problem, Severity};
use super::sound::Sound;
use super::source::SourceFile;
use super::suggest::did_you_mean;
use super::world::{TenantWorld, World};

/// What the settings of a node may refer to, and what was found wrong so far.
pub(super) struct Scope<'a> {
    pub file: &'a SourceFile,
    pub world: &'a World,
    pub tenant: Option<&'a TenantWorld>,
    pub language: String,
    /// The IANA name of the file's time zone, if it gives one.
    pub timezone: Option<String>,
    /// Hold music where a node gives none.
    pub music: Vec<Piece>,
    /// The names of all nodes of the file.
    pub nodes: BTreeSet<String>,
    /// Sound files that the file may play.
    pub sounds: BTreeSet<String>,
    /// Where the file first plays what was recorded.
    pub plays_recording: Option<Range<usize>>,
    pub problems: Vec<Problem>,
}

impl<'a> Scope<'a> {
    pub fn new(file: &'a SourceFile, world: &'a World) -> Self {
        Self {
            file,
            world,
            tenant: None,
            language: "en".into(),
            timezone: None,
            music: Vec::new(),
            nodes: BTreeSet::new(),
            sounds: BTreeSet::new(),
            plays_recording: None,
            problems: Vec::new(),
        }
    }

    pub fn error(
        &mut self,
        span: Range<usize>,
        what: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::new(Severity::Error, self.file, span, what).label(label).help(help));
    }

    pub fn warning(
        &mut self,
        span: Range<usize>,
        what: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::new(Severity::Warning, self.file, span, what).label(label).help(help));
    }

    /// A value of the wrong kind.
    pub fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
        let found = value.get_ref().type_str();
        let what = format!("`{key}` should be {wanted}, not {}", with_article(found));
        self.error(value.span(), what, "not what is wanted here", format!("write `{key} = {example}`"));
    }

    /// The file of this name: below the language's prompts first, then below the media directory.
    pub fn sound_file(&mut self, name: &str, span: Range<usize>) -> Piece {
        let prompts = format!("prompts/{}/", self.language);
        let full = [format!("{prompts}{name}"), name.to_owned()]
            .into_iter()
            .find(|full| self.world.sounds.contains(full));
        match full {
            Some(full) => {
                self.sounds.insert(full.clone());
                Piece::Sound(Sound::File(full))
            }
            None => {
                self.unknown_sound(name, &prompts, span);
                Piece::Sound(Sound::File(name.to_owned()))
            }
        }
    }

    fn unknown_sound(&mut self, name: &str, prompts: &str, span: Range<usize>) {
        let known = self.world.sounds.iter().map(|full| full.strip_prefix(prompts).unwrap_or(full));
        let help = match (name.strip_suffix(".wav"), did_you_mean(name, known)) {
            (Some(bare), _) => format!("leave out `.wav`: write \"{bare}\""),
            (None, Some(close)) => format!("did you mean \"{close}\"?"),
            (None, None) => format!(
                "put the recording at `{prompts}{name}.wav` or `{name}.wav` below the media directory"
            ),
        };
        self.error(span, format!("there is no sound \"{name}\""), "no such file", help);
    }

    /// Takes note of recorded pieces that a node needs; says so if one is missing.
    pub fn need_pieces(&mut self, pieces: Vec<String>, span: Range<usize>, what_for: &str) {
        let missing: Vec<&str> =
            pieces.iter().filter(|piece| !self.world.sounds.contains(*piece)).map(String::as_str).collect();
        if let Some(first) = missing.first() {
            let what = format!(
                "{what_for} needs recordings that are missing: {} of {}",
                missing.len(),
                pieces.len()
            );
            let help = format!("the first that is missing is `{first}.wav` below the media directory");
            self.error(span, what, "needs recorded pieces", help);
        }
        self.sounds.extend(pieces);
    }
}

fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}
