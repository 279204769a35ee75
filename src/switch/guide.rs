//! The dialplan leads a session: its steps are carried out, what happens is told to it.

use std::path::PathBuf;

use super::Switch;
use super::cause::{Cause, EndedBy};
use super::command::Refusal;
use super::history::Happening;
use super::mailbox::Terms;
use super::session::CallerLeg;
use super::stage::Stage;
use crate::dialplan::{self, Input, QueueOutcome, RecordOutcome, Run, Step};
use crate::id::SessionId;
use crate::media::{self, RecordEnd, RecordLimits, Row};
use crate::queue;
use crate::time::Time;

/// Dialplan steps carried out for one event. A run bounds itself; this bounds a mistake of ours.
const STEPS: usize = 1_000;

impl Switch {
    /// Tells the run something and carries out what it wants.
    pub(super) fn tell_run(&mut self, id: SessionId, input: Input, now: Time) {
        let Some(run) = self.sessions.get_mut(&id).and_then(|session| session.run.as_mut()) else { return };
        run.handle(input, now);
        self.follow(id, now);
    }

    /// Carries out the steps that the run has ready.
    pub(super) fn follow(&mut self, id: SessionId, now: Time) {
        for _ in 0..STEPS {
            let Some(session) = self.sessions.get_mut(&id) else { return };
            let Some(run) = session.run.as_mut() else { return };
            let Some(step) = run.poll_output() else { return };
            self.perform(id, step, now);
        }
        self.note(id, Happening::Problem { what: "the dialplan goes round without end".into() }, now);
        self.end(id, Cause::Internal, EndedBy::Us, now);
    }

    fn perform(&mut self, id: SessionId, step: Step, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let leg = session.caller;
        match step {
            Step::Entered { node, line, by } => self.note(id, Happening::Entered { node, line, by }, now),
            Step::Answer if session.caller_leg == CallerLeg::Up => {
                self.tell_run_only(id, Input::Answered, now)
            }
            Step::Answer => self.answer(id),
            Step::Play { playback, sounds, repeat } => {
                let sounds = sounds.into_iter().map(sound).collect();
                self.tell_media(media::Command::Play { leg, playback, sounds, repeat });
            }
            Step::Announce { playback, sounds } => {
                let sounds = sounds.into_iter().map(sound).collect();
                self.tell_media(media::Command::Announce { leg, playback, sounds });
            }
            Step::StopPlay => self.tell_media(media::Command::StopPlay { leg }),
            Step::Queue { group, priority } => self.enqueue(id, &group, priority, now),
            Step::AskPosition => self.tell_position(id, now),
            Step::AskCallback { number, typed } => {
                let number = self.callback_number(id, &number, typed);
                self.tell_run_only(id, Input::CallbackTo { number }, now);
            }
            Step::Promise { number, typed, terms } => {
                let promised = self.promise_to_caller(id, (&number, typed), terms, now);
                self.tell_run_only(id, Input::Promised(promised), now);
            }
            Step::LeaveQueue => self.leave_queue(id, "the dialplan went on", now),
            Step::Dial { targets, ring, each } => self.dial_step(id, targets, ring, each, now),
            Step::CancelDial => self.cancel_dial(id, now),
            Step::Conference { room, limit } => self.join_room(id, room, limit, now),
            Step::Echo => {
                let row = Row { from: leg, to: leg };
                self.hear(id, [row]);
            }
            Step::Record { recording, max, stop_digits, silence } => {
                let path = self.recording_path(id, recording);
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.recordings.push(path.clone());
                }
                let limits = RecordLimits { max, stop_digits, silence };
                self.tell_media(media::Command::Record { leg, recording, path, limits });
            }
            Step::FindMailbox { which } => self.find_mailbox(id, which, now),
            Step::TakeMessage { recording, mailbox, max, min, silence, stop_digits } => {
                let limits = RecordLimits { max, stop_digits, silence: Some(silence) };
                self.take_message(id, mailbox, Terms { recording, min, limits });
            }
            Step::OpenMailbox { request, mailbox, pin } => self.open_mailbox(id, request, mailbox, pin),
            Step::Mailbox { mailbox, act } => self.use_mailbox(id, mailbox, act, now),
            Step::Parameter { name, value } => self.note(id, Happening::Parameter { name, value }, now),
            Step::Tag { tag } => self.note(id, Happening::Tagged { tag }, now),
            Step::RecordCall { on } => self.record_by_dialplan(id, on, now),
            Step::Look { question } => {
                let value = self.look(id, &question);
                self.tell_run_only(id, Input::Seen { value }, now);
            }
            Step::Turn { switch, turn } => self.turn(id, &switch, turn, now),
            Step::Http { request, http } => self.request(id, request, http, now),
            Step::Webhook { url, event, data } => self.tell_others(id, url, event, data, now),
            Step::Hangup { cause, .. } => self.part(id, cause_of(cause), now),
        }
    }

    fn enqueue(&mut self, id: SessionId, group: &str, priority: i32, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        let found = session.tenant.and_then(|tenant| self.directory.group_named(tenant, group));
        let Some(found) = found else {
            self.note(id, Happening::Problem { what: format!("there is no group {group}") }, now);
            return self.tell_run(id, Input::QueueEnded(QueueOutcome::Failed), now);
        };
        let (group, name) = (found.id, found.name.clone());
        if let Err(Refusal { why, .. }) = self.has_queue(group) {
            self.note(id, Happening::Decision { reasons: vec![why] }, now);
            return self.tell_run(id, Input::QueueEnded(QueueOutcome::Full), now);
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.stage = Stage::Queued { group };
        let line = session.arrival.line.clone();
        let (priority, since) = self.with_promise(id, priority, now);
        self.queues.handle(queue::Input::Enqueue { session: id, line, group, priority, since }, now);
        // A full group takes nobody in; its overflow is told by itself.
        if let Some(position) = self.queues.position(id) {
            self.note(id, Happening::Queued { group, name, position }, now);
        }
    }

    fn tell_position(&mut self, id: SessionId, now: Time) {
        let Some(position) = self.queues.position(id) else { return };
        let wait = self.queues.expected_wait(id, now);
        let wait_s = wait.map(|wait| wait.as_secs());
        self.note(id, Happening::Announced { position, wait_s }, now);
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        self.tell_run(id, Input::Position { position, wait }, now);
    }

    pub(super) fn session_timeout(&mut self, id: SessionId, now: Time) {
        self.announcement_overdue(id, now);
        self.give_up_kept(id, now);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let CallerLeg::Called { until } = session.caller_leg
            && until <= now
        {
            return self.not_summoned(id, Cause::NoAnswer, EndedBy::Us, now);
        }
        match session.stage {
            Stage::Over { until } if until <= now => return self.forget(id),
            Stage::Dialling { until: Some(until), .. } if until <= now => {
                return self.not_answered(id, now);
            }
            Stage::Apology { cause, until } | Stage::Parting { cause, until } if until <= now => {
                return self.end(id, cause, EndedBy::Us, now);
            }
            Stage::Dialling { .. } => self.rang_in_vain(id, now),
            Stage::Notice { until, .. } if until <= now => {
                return self.end(id, Cause::Normal, EndedBy::Us, now);
            }
            Stage::Parked(parked) if parked.until <= now => self.parked_too_long(id, parked, now),
            Stage::Talking(_) => self.give_up_ringing(id, now),
            _ => self.give_up_late_ones(id, now),
        }
        if let Some(run) = self.sessions.get_mut(&id).and_then(|session| session.run.as_mut()) {
            run.handle_timeout(now);
            self.follow(id, now);
        }
    }

    pub(super) fn media_event(&mut self, event: media::Event, now: Time) {
        let event = match event {
            media::Event::RoomRecorded { room, recording, .. } => {
                return self.recording_reported(room, recording, None, now);
            }
            media::Event::RecordingIncomplete { room, recording, reason } => {
                return self.recording_reported(room, recording, Some(reason), now);
            }
            event => event,
        };
        let Some(leg) = event.leg() else { return };
        let Some(id) = self.legs.get(&leg).copied() else { return };
        let is_caller = self.sessions.get(&id).is_some_and(|session| session.caller == leg);
        match event {
            media::Event::Closed { quality, .. } => self.leg_closed(id, leg, quality, now),
            media::Event::Silent { .. } => self.leg_silent(id, leg, now),
            media::Event::Digit { digit, .. } if is_caller => self.key_pressed(id, digit, now),
            media::Event::PlayFailed { playback, .. } if self.music_failed(leg, playback) => {}
            media::Event::PlayFailed { playback, ref reason, .. }
                if self.announced(id, playback, Some(reason), now) => {}
            media::Event::PlayEnded { playback, .. } if self.announced(id, playback, None, now) => {}
            media::Event::PlayEnded { playback, .. } if is_caller => {
                self.play_over(id, Input::PlayEnded { playback }, now);
            }
            media::Event::PlayFailed { playback, sound, reason, .. } if is_caller => {
                let what = format!("cannot play {sound:?}: {reason}");
                self.note(id, Happening::Problem { what }, now);
                self.play_over(id, Input::PlayFailed { playback }, now);
            }
            media::Event::Recorded { recording, path, ms, spoken_ms, reason, .. } if is_caller => {
                self.recorded(id, recording, path, (ms, spoken_ms), reason, now);
            }
            media::Event::Failed { reason, .. } => self.note(id, Happening::Problem { what: reason }, now),
            _ => {}
        }
        self.reschedule(id);
    }

    fn recorded(
        &mut self,
        id: SessionId,
        recording: u64,
        path: PathBuf,
        (ms, spoken_ms): (u32, u32),
        reason: RecordEnd,
        now: Time,
    ) {
        let draft = self.take_draft(id, recording);
        let ended = match reason {
            RecordEnd::Digit(_) => RecordOutcome::Key,
            RecordEnd::Silence => RecordOutcome::Silence,
            RecordEnd::Max => RecordOutcome::Max,
            RecordEnd::Stop | RecordEnd::Closed => RecordOutcome::Stopped,
            RecordEnd::Failed(reason) => {
                self.note(id, Happening::Problem { what: format!("cannot record: {reason}") }, now);
                return self.tell_run(id, Input::RecordFailed { recording }, now);
            }
        };
        let file = path.to_string_lossy().into_owned();
        match draft {
            Some(draft) => self.message_recorded(id, &draft, path, (ms, spoken_ms), now),
            None => self.note(id, Happening::Recorded { file: file.clone(), ms }, now),
        }
        self.tell_run(id, Input::Recorded { recording, file, ms, spoken_ms, ended }, now);
    }

    /// A key of the caller. Keys pressed in a conversation are between those who talk; after the last word they are
    /// for nobody.
    pub(super) fn key_pressed(&mut self, id: SessionId, digit: char, now: Time) {
        let Some(session) = self.sessions.get(&id) else { return };
        if !matches!(
            session.stage,
            Stage::Talking(_) | Stage::Parked(_) | Stage::Parting { .. } | Stage::Over { .. }
        ) {
            // A PIN is in no record.
            if !session.run.as_ref().is_some_and(Run::hides_keys) {
                self.note(id, Happening::Key { digit }, now);
            }
            self.tell_run(id, Input::Digit(digit), now);
        }
    }

    /// What the caller heard has ended, by itself or by a fault.
    fn play_over(&mut self, id: SessionId, told: Input, now: Time) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if let Input::PlayEnded { .. } = told {
            session.played = Some(now);
        }
        match session.stage {
            Stage::Apology { cause, .. } => self.apologised(id, cause, &told, now),
            Stage::Notice { .. } => self.notice_given(id, &told, now),
            _ => self.tell_run(id, told, now),
        }
    }
}

fn sound(sound: dialplan::Sound) -> media::Sound {
    match sound {
        dialplan::Sound::File(name) | dialplan::Sound::Recording(name) => media::Sound::File(name.into()),
        dialplan::Sound::Speech { language, text } => {
            media::Sound::Speech { language: language.into(), text: text.into() }
        }
        dialplan::Sound::Tone { hz, dbm0, ms } => media::Sound::Tone { hz, dbm0, ms },
        dialplan::Sound::Ringback => media::Sound::Ringback,
        dialplan::Sound::Silence { ms } => media::Sound::Silence { ms },
    }
}

fn cause_of(cause: dialplan::Cause) -> Cause {
    match cause {
        dialplan::Cause::Normal => Cause::Normal,
        dialplan::Cause::Busy => Cause::Busy,
        dialplan::Cause::Unavailable => Cause::Unreachable,
        dialplan::Cause::Rejected => Cause::Declined,
        dialplan::Cause::NotFound => Cause::NotFound,
        dialplan::Cause::Forbidden => Cause::Forbidden,
        dialplan::Cause::NoAnswer => Cause::NoAnswer,
        dialplan::Cause::Congestion => Cause::Unavailable,
        dialplan::Cause::Internal => Cause::Internal,
    }
}
