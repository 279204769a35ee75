//! What is known while a file is read, and the problems found on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::hours::Hours;
use super::piece::Piece;
use super::problem::{Problem, Severity};
use super::say::FALLBACK;
use super::sound::Sound;
use super::source::SourceFile;
use super::stage::MOST_PARAMETERS;
use super::suggest::{choice, did_you_mean};
use super::switches::SwitchUse;
use super::syntax::Mended;
use super::template::Fact;
use super::world::{TenantWorld, World};

/// What the settings of a node may refer to, and what was found wrong so far.
pub(super) struct Scope<'a> {
    pub file: &'a SourceFile,
    /// The file as TOML; all places that are read are places of it.
    pub mended: &'a Mended,
    pub world: &'a World,
    pub tenant: Option<&'a TenantWorld>,
    /// The tenant is named, and nothing is known of it.
    pub any_tenant: bool,
    pub language: String,
    /// Every language that a caller of the file may be spoken to in, its own first.
    pub languages: Vec<String>,
    /// The IANA name of the file's time zone, if it gives one.
    pub timezone: Option<String>,
    /// Holidays and exceptions of hours where a node gives none.
    pub shared_hours: Hours,
    /// Hold music where a node gives none.
    pub music: Vec<Piece>,
    /// Settings of the file that stand in a node, and are missing at the top for that reason.
    pub misplaced: BTreeSet<String>,
    /// The names of all nodes of the file.
    pub nodes: BTreeSet<String>,
    /// Sound files that the file may play.
    pub sounds: BTreeSet<String>,
    /// Where the file first plays what was recorded.
    pub plays_recording: Option<Range<usize>>,
    /// Parameters that some node of the file may set.
    parameters: BTreeSet<String>,
    /// Where texts name parameters.
    named: Vec<Named>,
    /// Switches of the tenant that the file names.
    pub switches: Vec<SwitchUse>,
    /// Switches that a node of the file turns.
    pub turned: BTreeSet<String>,
    /// The name of the tenant, as the file gives it.
    pub tenant_name: String,
    pub problems: Vec<Problem>,
}

/// A parameter that is named, where, and what else could have been meant.
struct Named {
    name: String,
    span: Range<usize>,
    words: &'static [&'static str],
}

impl<'a> Scope<'a> {
    pub fn new(file: &'a SourceFile, mended: &'a Mended, world: &'a World) -> Self {
        Self {
            file,
            mended,
            world,
            tenant: None,
            any_tenant: false,
            language: FALLBACK.into(),
            languages: vec![FALLBACK.into()],
            timezone: None,
            shared_hours: Hours::new("UTC"),
            music: Vec::new(),
            misplaced: BTreeSet::new(),
            nodes: BTreeSet::new(),
            sounds: BTreeSet::new(),
            plays_recording: None,
            parameters: BTreeSet::new(),
            named: Vec::new(),
            switches: Vec::new(),
            turned: BTreeSet::new(),
            tenant_name: String::new(),
            problems: mended.problems.clone(),
        }
    }

    /// The text that stands here.
    pub fn written(&self, span: Range<usize>) -> &'a str {
        self.mended.text.get(span).unwrap_or_default()
    }

    /// The line in which this stands, counted from 1.
    pub fn line(&self, at: usize) -> u32 {
        self.file.line(self.mended.original(at..at).start)
    }

    fn problem(
        &mut self,
        severity: Severity,
        span: Range<usize>,
        what: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        let span = self.mended.original(span);
        self.problems.push(Problem::new(severity, self.file, span, what).label(label).help(help));
    }

    /// The name of the file's tenant.
    pub fn tenant_name(&self) -> Option<String> {
        let is_ours = |known: &&TenantWorld| self.tenant.is_some_and(|own| std::ptr::eq(own, *known));
        self.world.tenants.iter().find(|(_, known)| is_ours(known)).map(|(name, _)| name.clone())
    }

    pub fn error(
        &mut self,
        span: Range<usize>,
        what: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        self.problem(Severity::Error, span, what, label, help);
    }

    /// A name of something outside of the file that is not there. No error where nothing is known of the
    /// company.
    pub fn unknown_name(
        &mut self,
        span: Range<usize>,
        what: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        if !self.world.unknown {
            self.error(span, what, label, help);
        }
    }

    pub fn warning(
        &mut self,
        span: Range<usize>,
        what: impl Into<String>,
        label: &str,
        help: impl Into<String>,
    ) {
        self.problem(Severity::Warning, span, what, label, help);
    }

    /// Some node may set the parameter of this name.
    pub fn sets(&mut self, name: &str) {
        self.parameters.insert(name.to_owned());
    }

    /// A parameter is named here; whether anything sets it is known when all nodes are read.
    pub fn names(&mut self, name: &str, span: Range<usize>) {
        self.names_or(name, span, &[]);
    }

    /// A parameter is named here, where one of `words` may stand as well.
    pub fn names_or(&mut self, name: &str, span: Range<usize>, words: &'static [&'static str]) {
        self.named.push(Named { name: name.to_owned(), span, words });
    }

    /// The file names this switch of its tenant.
    pub fn uses_switch(&mut self, name: &str, span: Range<usize>) {
        let what = format!("no number turns the switch `{name}`");
        let span = self.mended.original(span);
        let warning = Problem::new(Severity::Warning, self.file, span, what).label("never turned");
        let tenant = self.tenant_name.clone();
        self.switches.push(SwitchUse { tenant, name: name.to_owned(), warning });
    }

    /// A node of the file turns this switch.
    pub fn turns(&mut self, name: &str) {
        self.turned.insert(name.to_owned());
    }

    /// Reports parameters that are named and never set, and too many of them.
    pub fn check_parameters(&mut self) {
        let known: BTreeSet<String> = std::mem::take(&mut self.parameters);
        for Named { name, span, words } in std::mem::take(&mut self.named) {
            if known.contains(&name) {
                continue;
            }
            let facts = Fact::WORDS.iter().map(|(word, _)| *word);
            let help =
                choice(&name, known.iter().map(String::as_str).chain(facts).chain(words.iter().copied()));
            let what = format!("nothing in this file sets a parameter `{name}`");
            self.error(span, what, "never set", help);
        }
        if known.len() > MOST_PARAMETERS {
            let what =
                format!("this file sets {} parameters, and {MOST_PARAMETERS} can be kept", known.len());
            self.error(0..0, what, "too many parameters", "use some of the names again");
        }
    }

    /// A value of the wrong kind. Where text is wanted, a number or date only lacks its quotes.
    pub fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
        let found = value.get_ref().type_str();
        let what = format!("`{key}` should be {wanted}, not {}", with_article(found));
        let bare = matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_));
        let help = match bare && example.starts_with('"') {
            true => format!("put it in quotes: `\"{}\"`", self.written(value.span())),
            false => format!("write `{key} = {example}`"),
        };
        self.error(value.span(), what, "not what is wanted here", help);
    }

    /// True for a setting of the file that stands below the header of a node.
    pub fn is_misplaced(&self, setting: &str, node: &str) -> bool {
        !node.is_empty() && self.misplaced.contains(setting)
    }

    /// The file of this name: below the language's prompts first, then below the media directory. It must be
    /// there in every language that a caller of the file may be spoken to in.
    pub fn sound_file(&mut self, name: &str, span: Range<usize>) -> Piece {
        let found: Vec<Result<String, String>> =
            self.languages.iter().map(|language| self.find_sound(name, language)).collect();
        if let Some(Err(language)) = found.iter().find(|found| found.is_err()) {
            self.unknown_sound(name, language, found.iter().any(Result::is_ok), span);
            return Piece::Sound(Sound::File(name.to_owned()));
        }
        let mut files: Vec<String> = found.into_iter().filter_map(Result::ok).collect();
        self.check_playable(&files, span);
        self.sounds.extend(files.iter().cloned());
        let own = files.remove(0);
        let others = self.languages.iter().skip(1).cloned().zip(files).filter(|(_, file)| *file != own);
        let piece = |file: String| Piece::Sound(Sound::File(file));
        let others: BTreeMap<_, _> = others.map(|(language, file)| (language, vec![piece(file)])).collect();
        match others.is_empty() {
            true => piece(own),
            false => Piece::ByLanguage { own: vec![piece(own)], others },
        }
    }

    fn check_playable(&mut self, files: &[String], span: Range<usize>) {
        let damaged = files.iter().find_map(|file| Some((file, self.world.unplayable.get(file)?)));
        if let Some((file, why)) = damaged {
            let what = format!("the sound \"{file}\" cannot be played: {why}");
            self.error(span, what, "damaged", "record it anew, or convert it as said above");
        }
    }

    /// The file of a sound in a language; the language if there is none.
    fn find_sound(&self, name: &str, language: &str) -> Result<String, String> {
        let names = [format!("prompts/{language}/{name}"), name.to_owned()];
        names.into_iter().find(|full| self.world.sounds.contains(full)).ok_or_else(|| language.to_owned())
    }

    /// `elsewhere`: it is there in another language of the file.
    fn unknown_sound(&mut self, name: &str, language: &str, elsewhere: bool, span: Range<usize>) {
        let prompts = format!("prompts/{language}/");
        let known = self.world.sounds.iter().map(|full| full.strip_prefix(&prompts).unwrap_or(full));
        if name.contains(|c: char| c.is_control() || c == '\\') {
            let right = name.replace('\t', "/t").replace('\n', "/n").replace('\\', "/");
            let what = "folders are parted by `/`: a backslash has a meaning of its own in TOML";
            return self.error(span, what, "backslash", format!("write \"{right}\""));
        }
        let help = match (name.strip_suffix(".wav"), did_you_mean(name, known)) {
            (Some(bare), _) => format!("leave out `.wav`: write \"{bare}\""),
            (None, Some(close)) if !elsewhere => format!("did you mean \"{close}\"?"),
            _ => format!(
                "put the recording at `{prompts}{name}.wav` or `{name}.wav` below the media directory"
            ),
        };
        let what = match elsewhere {
            true => {
                format!("there is no sound \"{name}\" in `{language}`, which a node of this file changes to")
            }
            false => format!("there is no sound \"{name}\""),
        };
        self.unknown_name(span, what, "no such file", help);
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
            self.unknown_name(span.clone(), what, "needs recorded pieces", help);
        }
        let damaged = pieces.iter().find_map(|piece| Some((piece, self.world.unplayable.get(piece)?)));
        if let Some((piece, why)) = damaged {
            let what = format!("{what_for} needs the recording `{piece}`, which cannot be played: {why}");
            self.error(span, what, "damaged", "record it anew, or convert it as said above");
        }
        self.sounds.extend(pieces);
    }
}

fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}
