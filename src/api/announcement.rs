//! The announcement of a recording that a group or a number names: that there is such a sound is looked at when it is set,
//! not when the first client should hear it.

use axum::http::StatusCode;

use crate::api::{ApiState, Authority, Problem};
use crate::store::{GroupChange, NewGroup, NewNumber, NumberChange, RecordingRule};

/// A change that may say something of recording.
pub trait SaysOfRecording {
    /// What it says.
    fn rule(&self) -> Option<&RecordingRule>;
}

impl SaysOfRecording for NewGroup {
    fn rule(&self) -> Option<&RecordingRule> {
        self.recording.as_ref()
    }
}

impl SaysOfRecording for NewNumber {
    fn rule(&self) -> Option<&RecordingRule> {
        self.recording.as_ref()
    }
}

impl SaysOfRecording for GroupChange {
    fn rule(&self) -> Option<&RecordingRule> {
        self.recording.as_ref()?.as_ref()
    }
}

impl SaysOfRecording for NumberChange {
    fn rule(&self) -> Option<&RecordingRule> {
        self.recording.as_ref()?.as_ref()
    }
}

/// Refuses a change that names a sound which is not there, or cannot be played.
pub async fn can_be_heard(
    api: &ApiState,
    authority: &Authority,
    change: &impl SaysOfRecording,
) -> Result<(), Problem> {
    let Some(sound) = change.rule().and_then(|rule| rule.announcement.as_deref()) else { return Ok(()) };
    let world = api.running.dialplan_world(&authority.scope).await?;
    // A program that knows no sounds at all cannot tell.
    if world.sounds.is_empty() {
        return Ok(());
    }
    let sound = sound.strip_suffix(".wav").unwrap_or(sound);
    let is_it = |name: &&String| match sound.contains('/') {
        true => *name == sound,
        // In any language: which one a client is spoken to in is known in the call.
        false => name
            .strip_prefix("prompts/")
            .and_then(|rest| rest.split_once('/'))
            .is_some_and(|(_, prompt)| prompt == sound),
    };
    let found: Vec<&String> = world.sounds.iter().filter(is_it).collect();
    let wrong = match found.iter().find_map(|name| Some((*name, world.unplayable.get(*name)?))) {
        Some((name, why)) => format!("`{name}.wav` cannot be played: {why}"),
        None if !found.is_empty() => return Ok(()),
        None if sound.contains('/') => format!("there is no `{sound}.wav` in the media folder"),
        None => format!("there is no `prompts/LANGUAGE/{sound}.wav` in the media folder, in any language"),
    };
    let detail = format!("`recording.announcement`: {wrong}; put the sound there first, or name another one");
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail))
}
