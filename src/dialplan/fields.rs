//! The settings of one node, read by name; what nobody asks for is an error.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::languages::differs_by_language;
use super::piece::Piece;
use super::plan::Target;
use super::scope::Scope;
use super::sound::Sound;
use super::span::duration;
use super::step::Cause;
use super::suggest::choice;
use super::template::{Slip, Template};

/// The word that ends a call wherever a node's name may stand.
pub(super) const HANGUP: &str = "hangup";
/// The word that goes back to the node that called.
pub(super) const RETURN: &str = "return";
/// What the caller recorded last, where a sound may stand.
const RECORDING: &str = "{recording}";

/// The settings of one node. Each read notes the setting's name, so that [`finish`](Fields::finish)
/// knows what could have been meant by the rest. A wrong setting is noted as a problem, and reading goes
/// on with a stand-in, so that all problems of a file are found at once.
pub(super) struct Fields<'a, 'w, 't> {
    pub scope: &'a mut Scope<'w>,
    pub name: &'a str,
    /// Where the node's name stands.
    pub header: Range<usize>,
    table: &'a DeTable<'t>,
    asked: Vec<&'static str>,
    excused: Vec<String>,
    /// How many problems there were before this node.
    pub problems_before: usize,
}

impl<'a, 'w, 't> Fields<'a, 'w, 't> {
    pub fn new(
        scope: &'a mut Scope<'w>,
        name: &'a str,
        header: Range<usize>,
        table: &'a DeTable<'t>,
    ) -> Self {
        let problems_before = scope.problems.len();
        Self { scope, name, header, table, asked: Vec::new(), excused: Vec::new(), problems_before }
    }

    /// The settings of a table that stands within this node at `span`.
    pub fn inner<'b, 'u>(&'b mut self, span: Range<usize>, table: &'b DeTable<'u>) -> Fields<'b, 'w, 'u> {
        Fields::new(self.scope, self.name, span, table)
    }

    /// Whether a setting is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.keys().any(|name| name.get_ref() == key)
    }

    /// Whether nothing is there but the way that leads on.
    pub fn says_nothing(&self) -> bool {
        self.table.keys().all(|name| name.get_ref() == "then")
    }

    /// The settings that nobody asked for, where any name may stand.
    pub fn rest(&self) -> Vec<(&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>)> {
        let table: &'a DeTable<'t> = self.table;
        table.iter().filter(|(key, _)| !self.asked.contains(&key.get_ref().as_ref())).collect()
    }

    /// Reports settings that nobody asked for.
    pub fn finish(self, verb: &str) {
        #[cfg(test)]
        asked::note(verb, &self.asked);
        for (key, value) in self.table.iter().filter(|(key, _)| !self.asked.contains(&key.get_ref().as_ref()))
        {
            let name = key.get_ref().as_ref();
            if self.scope.is_misplaced(name, self.name) {
                let what = format!("`{name}` stands in node `{}`, because it comes after `[{0}]`", self.name);
                let help = format!("move the line with `{name}` up, before the first header in brackets");
                self.scope.error(key.span(), what, "not where it is meant to be", help);
                continue;
            }
            if value.get_ref().is_table() && name != "keys" {
                let what = format!("`{name}` is a table within `{}`, because of the dot", self.name);
                let help = format!("nodes stand beside each other: write `[{}-{name}]`", self.name);
                self.scope.error(key.span(), what, "a table in a table", help);
                continue;
            }
            let what = format!("`{verb}` has no setting `{name}`");
            let help = choice(name, self.asked.iter().copied());
            self.scope.error(key.span(), what, "unknown setting", help);
        }
    }

    /// Names settings that stand where they are not meant to be, and are missing elsewhere for that reason.
    pub fn excuse(&mut self, keys: impl IntoIterator<Item = String>) {
        self.excused.extend(keys);
    }

    /// The value as it stands, if it is there.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.asked.push(key);
        let table: &'a DeTable<'t> = self.table;
        table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// A setting that must be there; `example` is a line that would do.
    pub fn required(
        &mut self,
        key: &'static str,
        why: &str,
        example: &str,
    ) -> Option<&'a Spanned<DeValue<'t>>> {
        let value = self.value(key);
        let is_left_out = self.scope.mended.damaged.contains(self.name);
        if value.is_none() && !is_left_out && !self.excused.iter().any(|excused| excused == key) {
            let what = format!("node `{}` lacks `{key}`: {why}", self.name);
            self.scope.error(
                self.header.clone(),
                what,
                "something is missing here",
                format!("add `{example}`"),
            );
        }
        value
    }

    /// A text with the place where it stands.
    pub fn text(&mut self, key: &'static str, wanted: &str, example: &str) -> Option<(String, Range<usize>)> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some((text.clone().into_owned(), value.span())),
            _ => {
                self.scope.wrong_type(key, value, wanted, example);
                None
            }
        }
    }

    /// A text with places such as `{caller}` in it, and where it stands.
    pub fn template(
        &mut self,
        key: &'static str,
        wanted: &str,
        example: &str,
    ) -> Option<(Template, Range<usize>)> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some((self.template_of(text, value.span())?, value.span())),
            _ => {
                self.scope.wrong_type(key, value, wanted, example);
                None
            }
        }
    }

    /// The template whose text stands at `span`.
    pub fn template_of(&mut self, text: &str, span: Range<usize>) -> Option<Template> {
        let template = match Template::read(text) {
            Ok(template) => template,
            Err(slip) => {
                let (what, help) = match slip {
                    Slip::Open => ("a `{` without its `}`", "write `{caller}`, or `{{` for a brace"),
                    Slip::Closed => ("a `}` without its `{`", "write `{caller}`, or `}}` for a brace"),
                    Slip::Nameless => ("braces without a name", "write a name in them, as in `{caller}`"),
                };
                self.scope.error(span, what, "braces do not fit", help);
                return None;
            }
        };
        for name in template.parameters() {
            let place = format!("{{{name}}}");
            let at = self.scope.written(span.clone()).find(&place);
            let exact = at.map(|at| span.start + at..span.start + at + place.len());
            self.scope.names(name, exact.unwrap_or(span.clone()));
        }
        Some(template)
    }

    /// The main setting of a verb that has nothing to say but itself.
    pub fn only_true(&mut self, key: &'static str) {
        let Some(value) = self.value(key) else { return };
        if !matches!(value.get_ref(), DeValue::Boolean(true)) {
            self.scope.wrong_type(key, value, "true", "true");
        }
    }

    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        match self.value(key).map(|value| (value, value.get_ref())) {
            None => default,
            Some((_, DeValue::Boolean(flag))) => *flag,
            Some((value, _)) => {
                self.scope.wrong_type(key, value, "true or false", if default { "false" } else { "true" });
                default
            }
        }
    }

    /// A whole number between `least` and `most`.
    pub fn whole(&mut self, key: &'static str, default: i32, least: i32, most: i32) -> i32 {
        let Some(value) = self.value(key) else { return default };
        let number = match value.get_ref() {
            DeValue::Integer(number) => i32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number {
            Some(number) if (least..=most).contains(&number) => number,
            _ => {
                let wanted = format!("a whole number from {least} to {most}");
                self.scope.error(
                    value.span(),
                    format!("`{key}` should be {wanted}"),
                    "not a number like that",
                    format!("write `{key} = {default}`"),
                );
                default
            }
        }
    }

    /// A length of time, as in `"30s"`; `None` if it is not there.
    pub fn optional_duration(&mut self, key: &'static str, example: &str) -> Option<Duration> {
        let value = self.value(key)?;
        self.duration_of(key, value, example)
    }

    pub fn duration(&mut self, key: &'static str, default: Duration, example: &str) -> Duration {
        self.optional_duration(key, example).unwrap_or(default)
    }

    /// A length of time that stands in `value`.
    pub fn duration_of(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        example: &str,
    ) -> Option<Duration> {
        let read = match value.get_ref() {
            DeValue::String(text) => duration(text),
            DeValue::Integer(seconds) => {
                let help = format!("say the unit: `{key} = \"{seconds}s\"`");
                self.scope.error(value.span(), format!("`{key}` is a length of time"), "no unit", help);
                return None;
            }
            _ => None,
        };
        if read.is_none() {
            let what = format!("`{key}` is a length of time, from 1ms to 24h");
            let help = format!("write `{key} = \"{example}\"`; units are ms, s, min and h");
            self.scope.error(value.span(), what, "not a length of time", help);
        }
        read
    }

    /// The node that follows; it must be there.
    pub fn target(&mut self, key: &'static str, why: &str) -> Target {
        let example = format!("{key} = \"{HANGUP}\"");
        match self.required(key, why, &example) {
            Some(value) => self.target_of(key, value),
            None => Target::Hangup(Cause::Normal),
        }
    }

    /// The node that follows, or another one's.
    pub fn target_or(&mut self, key: &'static str, default: &Target) -> Target {
        match self.value(key) {
            Some(value) => self.target_of(key, value),
            None => default.clone(),
        }
    }

    /// The node whose name stands in `value`.
    pub fn target_of(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Target {
        let stand_in = Target::Hangup(Cause::Normal);
        let DeValue::String(name) = value.get_ref() else {
            self.scope.wrong_type(key, value, "the name of a node", "\"welcome\"");
            return stand_in;
        };
        if name == HANGUP {
            return stand_in;
        }
        if name == RETURN {
            return Target::Return;
        }
        if !self.scope.nodes.contains(name.as_ref()) {
            let nodes: Vec<String> = self.scope.nodes.iter().cloned().collect();
            let help = choice(name, nodes.iter().map(String::as_str).chain([HANGUP, RETURN]));
            let what = format!("there is no node `{name}` in this file");
            self.scope.error(value.span(), what, "no such node", help);
            return stand_in;
        }
        Target::Node(name.clone().into_owned())
    }

    /// Sounds: a name, a `{ tone = … }`, or a list of these; nothing if it is not there.
    pub fn sounds(&mut self, key: &'static str) -> Option<Vec<Piece>> {
        let value = self.value(key)?;
        Some(self.sounds_of(key, value))
    }

    pub fn sounds_of(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<Piece> {
        match value.get_ref() {
            DeValue::Array(list) if list.is_empty() => {
                self.scope.error(
                    value.span(),
                    format!("`{key}` names no sound"),
                    "empty",
                    "name at least one sound",
                );
                Vec::new()
            }
            DeValue::Array(list) => list.iter().filter_map(|value| self.piece(key, value)).collect(),
            _ => self.piece(key, value).into_iter().collect(),
        }
    }

    fn piece(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Piece> {
        match value.get_ref() {
            DeValue::String(name) if name == RECORDING => {
                self.scope.plays_recording.get_or_insert(value.span());
                Some(Piece::Recording)
            }
            DeValue::String(name) => Some(self.scope.sound_file(name, value.span())),
            DeValue::Table(table) if differs_by_language(table) => Some(self.by_language(key, value, table)),
            DeValue::Table(table) => self.made_sound(value.span(), table),
            _ => {
                self.scope.wrong_type(key, value, "the name of a sound or a list of them", "\"welcome\"");
                None
            }
        }
    }

    /// `{ tone = 1004, level = -16, for = "2s" }` or `{ silence = "1s" }`.
    fn made_sound(&mut self, span: Range<usize>, table: &DeTable<'_>) -> Option<Piece> {
        let mut fields = Fields::new(self.scope, self.name, span.clone(), table);
        let sound = if fields.value("silence").is_some() {
            let length = fields.duration("silence", Duration::from_secs(1), "1s");
            Some(Sound::Silence { ms: length.as_millis() as u32 })
        } else if fields.value("tone").is_some() {
            let hz = fields.whole("tone", 1004, 20, 4000) as f32;
            let dbm0 = fields.whole("level", -16, -60, 3) as f32;
            let ms = fields.optional_duration("for", "2s").map(|length| length.as_millis() as u32);
            Some(Sound::Tone { hz, dbm0, ms })
        } else {
            None
        };
        if sound.is_none() {
            let help = "write `{ tone = 1004, level = -16, for = \"2s\" }` or `{ silence = \"1s\" }`";
            self.scope.error(span, "this is no sound", "neither a tone nor a silence", help);
            return None;
        }
        fields.finish("a sound");
        sound.map(Piece::Sound)
    }
}

/// Which settings the readers of verbs have asked for, so that the reference can be held against them.
#[cfg(test)]
pub(super) mod asked {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    thread_local! {
        static ASKED: RefCell<BTreeMap<String, Vec<&'static str>>> = RefCell::default();
    }

    pub fn note(verb: &str, settings: &[&'static str]) {
        ASKED.with_borrow_mut(|asked| asked.entry(verb.to_owned()).or_default().extend(settings));
    }

    pub fn of(verb: &str) -> Vec<&'static str> {
        ASKED.with_borrow(|asked| asked.get(verb).cloned().unwrap_or_default())
    }

    pub fn forget() {
        ASKED.with_borrow_mut(BTreeMap::clear);
    }
}
