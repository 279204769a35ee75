//! The world around the switch: callers, phones, operators and networks, and what they may do next.

use std::path::PathBuf;
use std::time::Duration;

use super::super::callback::NewCallback;
use super::*;
use crate::id::RoomId;
use crate::switch::recording::RecordAct;

/// What the world does next. Numbers pick one of those that are there.
#[derive(Clone, Debug)]
pub enum Step {
    Arrive {
        who: u8,
        dialled: u8,
    },
    /// An operator calls by a click.
    Place {
        who: u8,
        dialled: u8,
    },
    CallerUp(u8),
    CallerEarly(u8),
    Key {
        leg: u8,
        digit: char,
    },
    Rings(u8),
    Early(u8),
    Answers(u8),
    Fails {
        leg: u8,
        cause: u8,
    },
    HangsUp(u8),
    PlayEnded(u8),
    Silent(u8),
    Register {
        who: u8,
        reachable: bool,
    },
    Status {
        who: u8,
        away: bool,
    },
    Take {
        session: u8,
        who: u8,
    },
    End(u8),
    Pass(u32),
    /// The way to a phone or provider failed.
    NoWay {
        leg: u8,
        cause: u8,
    },
    /// Something is reported of a leg that is gone, or that nobody ever had.
    Late {
        leg: u8,
        what: u8,
    },
    Recorded {
        leg: u8,
        spoken: bool,
    },
    /// The engine ends the recording of a room, or loses sound of it.
    RoomRecorded(u8),
    Trunk {
        up: bool,
    },
    Refuse(bool),
    FinishWork(u8),
    /// Somebody wants something done with a session.
    Command {
        session: u8,
        what: u8,
        who: u8,
    },
    /// A phone's hold button.
    Holds {
        leg: u8,
        on: bool,
    },
    /// A browser's page is loaded anew, and perhaps takes its call up again.
    Stranded {
        leg: u8,
        returns: bool,
    },
    /// A program has to do with a promise to call back: makes one, or takes it back.
    Callback {
        who: u8,
        cancels: bool,
    },
    /// A phone's transfer button.
    Transfer {
        leg: u8,
        to: u8,
    },
    /// Somebody comes in by a door, who writes.
    Knock,
    Writes {
        leg: u8,
        aside: bool,
    },
}

impl Step {
    /// The step that these bytes stand for. What happens often has many numbers.
    pub fn drawn(mut byte: impl FnMut() -> u8) -> Self {
        let kind = byte() % 82;
        let mut n = || byte();
        match kind {
            0..4 => Step::Arrive { who: n(), dialled: n() },
            4..9 => Step::CallerUp(n()),
            9..11 => Step::CallerEarly(n()),
            11..15 => Step::Key { leg: n(), digit: char::from(b"123456789#0"[usize::from(n()) % 11]) },
            15..17 => Step::Rings(n()),
            17 => Step::Early(n()),
            18..22 | 66..70 => Step::Answers(n()),
            22..24 => Step::Fails { leg: n(), cause: n() },
            24..26 => Step::HangsUp(n()),
            26..28 => Step::PlayEnded(n()),
            28 => Step::Silent(n()),
            29..33 => Step::Register { who: n(), reachable: n() % 4 > 0 },
            33 => Step::Status { who: n(), away: n() % 2 > 0 },
            34 => Step::Take { session: n(), who: n() },
            35 => Step::End(n()),
            36..39 => Step::Pass(1 + u32::from(n()) * 157),
            // Past the longest wait of a queue.
            39 => Step::Pass(700_000),
            40 => Step::NoWay { leg: n(), cause: n() },
            41 => Step::Late { leg: n(), what: n() },
            42..44 => Step::Recorded { leg: n(), spoken: n() % 2 > 0 },
            44 => Step::Trunk { up: n() % 4 > 0 },
            45 => Step::Refuse(n() % 8 == 0),
            46 => Step::FinishWork(n()),
            47..60 => Step::Command { session: n(), what: n(), who: n() },
            60..62 => Step::Holds { leg: n(), on: n() % 2 > 0 },
            62..66 => Step::Transfer { leg: n(), to: n() },
            75..78 => Step::Stranded { leg: n(), returns: n() % 4 > 0 },
            72..75 => Step::Callback { who: n(), cancels: n() % 4 == 0 },
            70 => Step::Place { who: n(), dialled: n() },
            71 => Step::RoomRecorded(n()),
            78 => Step::Knock,
            79..81 => Step::Writes { leg: n(), aside: n() % 4 == 0 },
            _ => Step::Pass(1 + u32::from(n())),
        }
    }
}

/// What is dialled.
const NUMBERS: [&str; 25] = [
    "100",
    "100",
    "+420200000100",
    "201",
    "203",
    "+420777000111",
    "999",
    "100",
    "100",
    "+420200000100",
    "201",
    "203",
    "+420777000111",
    "999",
    "610",
    "701",
    "*8201",
    "*68",
    "*21*203#",
    "*61*+420777000111*5#",
    "##002#",
    "##002#",
    "*78",
    "*79",
    "*79",
];
/// Why calls to phones and providers fail.
const CAUSES: [Cause; 4] = [Cause::Busy, Cause::Declined, Cause::Unreachable, Cause::NetworkFailure];

/// The far ends: which legs stand, as the lines know it.
#[derive(Clone, Default)]
pub struct World {
    /// All that the switch has asked for.
    pub told: Vec<Action>,
    callers: Vec<LegId>,
    callees: Vec<LegId>,
    /// Went down, and still hold a port.
    closing: Vec<LegId>,
    playbacks: BTreeMap<LegId, u64>,
    recordings: BTreeMap<LegId, (u64, PathBuf)>,
    /// Recordings of rooms.
    rooms: BTreeMap<RoomId, u64>,
    /// Are no more.
    gone: Vec<LegId>,
}

impl World {
    /// Takes in what the switch asked of lines and media.
    fn look(&mut self, fixture: &mut Fixture) {
        for action in std::mem::take(&mut fixture.actions) {
            self.told.push(action.clone());
            match action {
                Action::Line { leg, command: LineCommand::Dial { .. } } => self.callees.push(leg),
                Action::Line { leg, command: LineCommand::HangUp { .. } } => self.gone(leg),
                Action::Media(
                    media::Command::Play { leg, playback, repeat: false, .. }
                    | media::Command::Announce { leg, playback, .. },
                ) => {
                    self.playbacks.insert(leg, playback);
                }
                Action::Media(media::Command::Record { leg, recording, path, .. }) => {
                    self.recordings.insert(leg, (recording, path));
                }
                Action::Media(media::Command::RecordRoom { room, recording, .. }) => {
                    self.rooms.insert(room, recording);
                }
                Action::Media(media::Command::StopRecordRoom { room }) => {
                    assert!(self.rooms.remove(&room).is_some(), "nothing to stop");
                }
                _ => {}
            }
        }
    }

    fn gone(&mut self, leg: LegId) {
        self.callers.retain(|one| *one != leg);
        self.callees.retain(|one| *one != leg);
        self.playbacks.remove(&leg);
        self.closing.push(leg);
        self.gone.push(leg);
    }
}

fn pick<T: Copy>(of: &[T], number: u8) -> Option<T> {
    (!of.is_empty()).then(|| of[usize::from(number) % of.len()])
}

pub fn apply(fixture: &mut Fixture, world: &mut World, step: Step) {
    let name = |who: u8| OPERATORS[usize::from(who) % OPERATORS.len()].0;
    match step {
        Step::Arrive { who, dialled } => {
            let origin = match who % 4 {
                0 => Origin::Guest,
                1 => Origin::Trunk(fixture.trunk),
                _ => Origin::Device(fixture.devices[name(who)]),
            };
            let from = ["+420777000501", "+420777000502", "+420777000503"][usize::from(who / 4) % 3];
            let leg = fixture.arrive_from(from, origin, NUMBERS[usize::from(dialled) % NUMBERS.len()]);
            world.callers.push(leg);
        }
        Step::Place { who, dialled } => {
            let number = NUMBERS[usize::from(dialled) % NUMBERS.len()];
            // Refusals are part of the course.
            let _ = fixture.switch.place_call(fixture.users[name(who)], number, fixture.now);
            fixture.collect();
        }
        Step::Knock => {
            let leg = fixture.knock("Eva");
            world.callers.push(leg);
        }
        Step::Writes { leg, aside } => {
            let all: Vec<_> = world.callers.iter().chain(&world.callees).copied().collect();
            let wrote = LineEvent::Wrote { own: 1, text: "hello".into(), aside };
            tell_line(fixture, pick(&all, leg), wrote);
        }
        Step::CallerUp(n) => tell_line(fixture, pick(&world.callers, n), LineEvent::Up),
        Step::CallerEarly(n) => tell_line(fixture, pick(&world.callers, n), LineEvent::Early),
        Step::Rings(n) => tell_line(fixture, pick(&world.callees, n), LineEvent::Ringing),
        Step::Early(n) => tell_line(fixture, pick(&world.callees, n), LineEvent::Early),
        Step::Answers(n) => tell_line(fixture, pick(&world.callees, n), LineEvent::Up),
        Step::Key { leg, digit } => {
            if let Some(leg) = pick(&world.callers, leg) {
                fixture.press(leg, digit);
            }
        }
        Step::Fails { leg, cause } => {
            if let Some(leg) = pick(&world.callees, leg) {
                world.gone(leg);
                fixture.down(leg, CAUSES[usize::from(cause) % CAUSES.len()]);
            }
        }
        Step::HangsUp(n) => {
            let all: Vec<_> = world.callers.iter().chain(&world.callees).copied().collect();
            if let Some(leg) = pick(&all, n) {
                world.gone(leg);
                fixture.down(leg, Cause::Normal);
            }
        }
        Step::PlayEnded(n) => {
            let playing: Vec<_> = world.playbacks.iter().map(|(leg, playback)| (*leg, *playback)).collect();
            if let Some((leg, playback)) = pick(&playing, n) {
                world.playbacks.remove(&leg);
                fixture.tell(Event::Media(media::Event::PlayEnded { leg, playback }));
            }
        }
        Step::Silent(n) => {
            if let Some(leg) = pick(&world.callers, n) {
                fixture.tell(Event::Media(media::Event::Silent { leg }));
            }
        }
        Step::Register { who, reachable } => fixture.register(name(who), reachable),
        Step::Status { who, away } => {
            let status = if away { queue::Status::Away { reason: None } } else { queue::Status::Online };
            fixture.tell(Event::Status { operator: fixture.users[name(who)], status });
        }
        Step::Take { session, who } => {
            if let Some(session) = pick(&sessions(fixture), session) {
                fixture.tell(Event::Take { session, operator: fixture.users[name(who)] });
            }
        }
        Step::End(n) => {
            if let Some(session) = pick(&sessions(fixture), n) {
                fixture.tell(Event::End { session, cause: Cause::Shutdown });
            }
        }
        Step::Pass(ms) => fixture.pass(Duration::from_millis(ms.into())),
        Step::NoWay { leg, cause } => {
            if let Some(leg) = pick(&world.callees, leg) {
                world.gone(leg);
                let cause = CAUSES[usize::from(cause) % CAUSES.len()];
                fixture.line(leg, LineEvent::NoWay { cause });
            }
        }
        Step::Late { leg, what } => {
            let stranger = LegId::new(UnixMs(7), &mut Entropy::from_number(7));
            tell_late(fixture, pick(&world.gone, leg).unwrap_or(stranger), what);
        }
        Step::Recorded { leg, spoken } => recorded(fixture, world, leg, spoken),
        Step::RoomRecorded(n) => room_recorded(fixture, world, n),
        Step::Trunk { up } => {
            let (trunk, down) = (fixture.trunk, (!up).then(|| "it is gone".to_owned()));
            fixture.tell(Event::Trunk { trunk, down });
        }
        Step::Refuse(refuse) => fixture.tell(Event::Refuse(refuse)),
        Step::FinishWork(who) => fixture.tell(Event::FinishWork { operator: fixture.users[name(who)] }),
        Step::Command { session, what, who } => {
            if let Some(session) = pick(&sessions(fixture), session) {
                let command = command(fixture, what, fixture.users[name(who)], session);
                // Refusals are part of the course.
                let _ = fixture.command(session, (what % 2 > 0).then(|| fixture.users[name(what)]), command);
            }
        }
        Step::Callback { who, cancels } => {
            let open = fixture.switch.callbacks();
            if cancels && let Some(open) = open.get(usize::from(who) % open.len().max(1)) {
                fixture.switch.cancel_callback(open.callback.id, fixture.now);
            } else {
                let groups: Vec<_> = fixture.switch.directory().groups.values().cloned().collect();
                let group = &groups[usize::from(who) % groups.len()];
                let number = format!("+42077700050{}", 1 + who / 4 % 3);
                let (tenant, group, priority) = (group.tenant, group.id, i32::from(who % 2));
                let due = (who % 8 > 5).then(|| fixture.switch.wall(fixture.now) + Duration::from_secs(300));
                // Refusals are part of the course.
                let _ = fixture.switch.promise(
                    NewCallback { due, ..super::callback::asked(tenant, group, number, priority) },
                    fixture.now,
                );
            }
            // Takes in what came of it.
            fixture.pass(Duration::ZERO);
            fixture.tell(Event::Trunk { trunk: fixture.trunk, down: None });
        }
        Step::Holds { leg, on } => {
            let all: Vec<_> = world.callers.iter().chain(&world.callees).copied().collect();
            tell_line(fixture, pick(&all, leg), LineEvent::Holds(on));
        }
        Step::Stranded { leg, returns } => {
            let all: Vec<_> = world.callers.iter().chain(&world.callees).copied().collect();
            let Some(leg) = pick(&all, leg) else { return };
            let operator = fixture.switch.operator_at(leg);
            tell_line(fixture, Some(leg), LineEvent::Stranded);
            let device = fixture.users.iter().find(|(_, user)| Some(**user) == operator);
            let Some(device) = device.map(|(name, _)| fixture.devices[name]).filter(|_| returns) else {
                return;
            };
            world.callers.push(fixture.replaces(Origin::Device(device), leg));
        }
        Step::Transfer { leg, to } => {
            let all: Vec<_> = world.callers.iter().chain(&world.callees).copied().collect();
            let numbers = ["202", "203", "204", "+420777000111", "100", "999", "700", "700", "700"];
            let number = || Wanted::Number(numbers[usize::from(to / 2) % numbers.len()].to_owned());
            let wish = match pick(&all, to / 2) {
                Some(peer) if to % 2 > 0 => Wanted::Peer(peer),
                _ => number(),
            };
            tell_line(fixture, pick(&all, leg), LineEvent::Transfer { request: 1, wish });
        }
    }
    world.look(fixture);
    close(fixture, world);
    world.look(fixture);
}

/// Something that people want done with a session.
fn command(fixture: &Fixture, what: u8, who: UserId, session: SessionId) -> Command {
    let groups: Vec<_> = fixture.switch.directory().groups.keys().copied().collect();
    let to = match what / 16 % 4 {
        0 => Destination::Number("+420777000111".into()),
        1 => Destination::Group(groups[usize::from(what) % groups.len()]),
        _ => Destination::Operator(who),
    };
    let parts = [Part::Listens, Part::Whispers, Part::Barges];
    let acts = [RecordAct::Start, RecordAct::Pause, RecordAct::Resume, RecordAct::Stop];
    match what % 16 {
        14 => Command::Record { act: acts[usize::from(what / 16) % 4] },
        0 | 1 => Command::Hold,
        2 | 3 => Command::Resume,
        4 => Command::Mute { operator: who, on: what > 127 },
        5..8 => Command::Invite { to, consult: !what.is_multiple_of(2) },
        8 => Command::Remove { leg: fixture.switch.sessions[&session].caller },
        9 | 10 => Command::Leave { operator: who },
        11..14 => Command::Forward { to, note: None },
        _ => Command::Supervise { supervisor: who, part: parts[usize::from(what / 16) % 3] },
    }
}

/// The media engine gives back the legs that went down; a recording of one ends before it.
fn close(fixture: &mut Fixture, world: &mut World) {
    for leg in std::mem::take(&mut world.closing) {
        if let Some((recording, path)) = world.recordings.remove(&leg) {
            tell_recorded(fixture, leg, (recording, path), 2_000, media::RecordEnd::Closed);
        }
        fixture.close(&[leg]);
    }
}

/// One of the recordings under way ends by itself.
fn recorded(fixture: &mut Fixture, world: &mut World, leg: u8, spoken: bool) {
    let legs: Vec<_> = world.recordings.keys().copied().collect();
    if let Some((leg, recording)) = pick(&legs, leg).and_then(|leg| world.recordings.remove_entry(&leg)) {
        let spoken_ms = if spoken { 4_000 } else { 0 };
        tell_recorded(fixture, leg, recording, spoken_ms, media::RecordEnd::Silence);
    }
}

/// The engine ends a recording of a room by itself, or tells that it loses sound.
fn room_recorded(fixture: &mut Fixture, world: &mut World, n: u8) {
    let rooms: Vec<_> = world.rooms.iter().map(|(room, recording)| (*room, *recording)).collect();
    let Some((room, recording)) = pick(&rooms, n / 2) else { return };
    if !n.is_multiple_of(2) {
        let reason = "the disk is full".to_owned();
        return fixture.tell(Event::Media(media::Event::RecordingIncomplete { room, recording, reason }));
    }
    world.rooms.remove(&room);
    fixture.tell(Event::Media(recording_ended(room, recording)));
}

/// The engine says that the recording of a room is complete.
pub fn recording_ended(room: RoomId, recording: u64) -> media::Event {
    let json = PathBuf::from("x.json");
    media::Event::RoomRecorded { room, recording, files: vec![], json, ms: 1, incomplete_ms: 0, error: None }
}

fn tell_recorded(
    fixture: &mut Fixture,
    leg: LegId,
    (recording, path): (u64, PathBuf),
    spoken_ms: u32,
    reason: media::RecordEnd,
) {
    let ms = 5_000;
    fixture.tell(Event::Media(media::Event::Recorded { leg, recording, path, ms, spoken_ms, reason }));
}

/// What is said of a leg that is not there changes nothing.
fn tell_late(fixture: &mut Fixture, leg: LegId, what: u8) {
    let late = [LineEvent::Up, LineEvent::Ringing, LineEvent::Early, LineEvent::NoWay { cause: Cause::Busy }];
    match what % 8 {
        0..4 => fixture.line(leg, late[usize::from(what % 8)].clone()),
        4 => fixture.press(leg, '1'),
        5 => fixture.tell(Event::Media(media::Event::PlayEnded { leg, playback: 1 })),
        6 => fixture.tell(Event::Media(media::Event::Failed { leg, reason: "late".into() })),
        _ => fixture.down(leg, Cause::Normal),
    }
}

fn sessions(fixture: &Fixture) -> Vec<SessionId> {
    fixture.switch.sessions().map(|(id, _)| id).collect()
}

fn tell_line(fixture: &mut Fixture, leg: Option<LegId>, event: LineEvent) {
    if let Some(leg) = leg {
        fixture.line(leg, event);
    }
}

/// Everybody hangs up; then nothing may be left.
pub fn finish(fixture: &mut Fixture, world: &mut World) {
    for open in fixture.switch.callbacks() {
        fixture.switch.cancel_callback(open.callback.id, fixture.now);
    }
    fixture.tell(Event::Refuse(false));
    assert_eq!(fixture.switch.open_callbacks(), 0, "a promise is left");
    world.look(fixture);
    while let Some(leg) = world.callers.first().or(world.callees.first()).copied() {
        world.gone(leg);
        fixture.down(leg, Cause::Normal);
        world.look(fixture);
    }
    close(fixture, world);
    fixture.pass(Duration::from_secs(3));
    assert_eq!(fixture.switch.sessions().count(), 0, "a session is left");
    assert_eq!(world.callees, [], "a leg is left");
    assert_eq!(world.rooms, BTreeMap::new(), "a recording is left");
    fixture.pass(Duration::from_secs(600));
    for (name, _) in OPERATORS {
        assert_eq!(fixture.engagement(name), queue::Engagement::Free, "{name}");
    }
    fixture.check_history();
}
