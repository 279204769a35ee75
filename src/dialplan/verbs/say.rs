//! `say = "{key}"`: speaks digits or a number from recorded pieces.

use serde::{Deserialize, Serialize};

use super::super::fields::Fields;
use super::super::plan::Target;
use super::super::say;
use super::super::sound::Sound;
use super::super::stage::Stage;
use super::super::step::Input;
use super::super::suggest::choice;
use super::play::heard;
use super::{Doing, Exit, Next, Verb, When};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Say {
    text: String,
    manner: Manner,
    skip: bool,
    pub then: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Manner {
    Digits,
    Number,
}

const MANNERS: &[(&str, Manner)] = &[("digits", Manner::Digits), ("number", Manner::Number)];

/// What may stand in braces, and is known when a caller comes.
const PLACES: &[&str] = &["{key}", "{caller}", "{dialled}"];

pub fn read(fields: &mut Fields) -> Verb {
    let text = match fields.text("say", "what to say, in quotes", "\"{key}\"") {
        Some((text, span)) => {
            check_text(fields, &text, span);
            text
        }
        None => String::new(),
    };
    let manner = read_manner(fields);
    need_pieces(fields, manner);
    let skip = fields.flag("skip", true);
    let then = fields.target("then", "where does the caller go after hearing it?");
    Verb::Say(Say { text, manner, skip, then })
}

fn check_text(fields: &mut Fields, text: &str, span: std::ops::Range<usize>) {
    let bare = PLACES.iter().fold(text.to_owned(), |text, place| text.replace(place, "0"));
    let can_say = |c: char| c.is_ascii_digit() || "*#+ -".contains(c);
    if bare.trim().is_empty() || !bare.chars().all(can_say) {
        let what = "only digits can be said, and what stands for digits";
        let help = choice(text, PLACES.iter().copied());
        fields.scope.error(
            span,
            what,
            "cannot be said",
            format!("{help}; record longer words and `play` them"),
        );
    }
}

fn read_manner(fields: &mut Fields) -> Manner {
    let Some((word, span)) = fields.text("as", "how to say it", "\"digits\"") else { return Manner::Digits };
    let known = MANNERS.iter().find(|(known, _)| *known == word);
    if known.is_none() {
        let help = choice(&word, MANNERS.iter().map(|(word, _)| *word));
        fields.scope.error(span, format!("nothing can be said as `{word}`"), "unknown manner", help);
    }
    known.map_or(Manner::Digits, |(_, manner)| *manner)
}

fn need_pieces(fields: &mut Fields, manner: Manner) {
    let language = fields.scope.language.clone();
    let pieces = match manner {
        Manner::Digits => say::pieces_of_digits(&language),
        Manner::Number => say::pieces_of_numbers(&language),
    };
    fields.scope.need_pieces(pieces, fields.header.clone(), "`say`");
}

impl Say {
    pub fn enter(&self, stage: &mut Stage) -> Next {
        let sounds = self.sounds(stage);
        let skipped = self.skip && stage.memory.has_typed() && stage.plan.leads_to_menu(&self.then);
        match sounds.is_empty() || skipped {
            true => Next::Go(self.then.clone()),
            false => Next::Stay(Doing::Playing { playback: stage.play(sounds) }),
        }
    }

    pub fn handle(&self, playback: u64, input: Input, stage: &mut Stage) -> Next {
        heard(playback, input, &self.then, self.skip, stage)
    }

    /// At once, because a withheld number leaves nothing to say.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        vec![(When::AtOnce, &self.then)]
    }

    fn sounds(&self, stage: &Stage) -> Vec<Sound> {
        let key = stage.memory.key.map(String::from).unwrap_or_default();
        let values = [&key, &stage.facts.caller, &stage.facts.dialled];
        let text = PLACES
            .iter()
            .zip(values)
            .fold(self.text.clone(), |text, (place, value)| text.replace(place, value));
        let language = &stage.plan.language;
        let pieces = match (self.manner, text.trim().parse::<u32>()) {
            (Manner::Number, Ok(number)) => say::number(language, number),
            _ => say::digits(language, &text),
        };
        pieces.into_iter().map(Sound::File).collect()
    }
}
