//! Random plans and random callers: nobody is stuck, and nobody goes round without end.

use proptest::prelude::*;

use super::*;
use crate::entropy::Entropy;
use crate::id::{MailboxId, MessageId};

/// A file of random nodes `a`, `b`, … that lead anywhere among each other.
pub(in crate::dialplan) fn random_plan(entropy: &mut Entropy) -> String {
    let count = 1 + entropy.u32() % 7;
    let names: Vec<char> = ('a'..).take(count as usize).collect();
    let nodes: Vec<String> =
        names.iter().map(|name| format!("[{name}]\n{}", random_node(&names, entropy))).collect();
    format!("timezone = \"Europe/Prague\"\n{}", harbour(&nodes.join("\n")))
}

fn random_node(names: &[char], entropy: &mut Entropy) -> String {
    let mut to = || match entropy.u32() as usize % (names.len() + 1) {
        _ if entropy.u32().is_multiple_of(24) => "return".to_owned(),
        at if at < names.len() => names[at].to_string(),
        _ => "hangup".to_owned(),
    };
    let (one, two, three, four) = (to(), to(), to(), to());
    match entropy.u32() % 31 {
        30 => format!("record-call = \"on\"\nthen = \"{one}\""),
        27 => format!("voicemail = \"sales\"\nfull = \"{one}\"\nthen = \"{two}\""),
        28 | 29 => format!("mailbox = true\nthen = \"{one}\""),
        0 => format!("answer = true\nthen = \"{one}\""),
        1..4 => format!("play = \"welcome\"\nskip = {}\nthen = \"{one}\"", entropy.u32().is_multiple_of(2)),
        4 => "play = \"music/harbour\"\nrepeat = true".into(),
        5 => format!("say = \"{{key}}\"\nthen = \"{one}\""),
        6..9 => format!(
            "menu = \"menu\"\nkeys = {{ 1 = \"{one}\", 2 = \"{two}\", \"#\" = \"{three}\" }}\nelse = \"{four}\""
        ),
        9 => format!("menu = \"menu\"\nkeys = {{ any = \"{one}\" }}\ntries = 1\nelse = \"{four}\""),
        10 => format!("hours = \"Mon-Fri 08:00-12:00\"\nopen = \"{one}\"\nclosed = \"{two}\""),
        11 => format!(
            "queue = \"sales\"\nposition-every = \"3s\"\nwait-every = \"5s\"\nannounce = \"welcome\"\nannounce-every = \"2s\"\n\
             keys = {{ 1 = \"{three}\" }}\ncallback = \"2\"\ncallback-then = \"{four}\"\nmax-wait = \"8s\"\nfull = \"{one}\"\nelse = \"{two}\""
        ),
        12 => format!(
            "dial = [\"201\", \"sales\", \"2{{key}}\"]\nbusy = \"{one}\"\nno-answer = \"{two}\"\nelse = \"{three}\""
        ),
        13 => format!("record = \"5s\"\nmin = \"1s\"\nshort = \"{two}\"\nthen = \"{one}\""),
        15 => "echo = true".into(),
        14 => format!("goto = \"{one}\""),
        16 => format!("set = {{ p = \"{{key}}{{caller}}\", q = 7 }}\nthen = \"{one}\""),
        17 => format!("tag = [\"vip\", \"{{key}}\"]\nthen = \"{one}\""),
        18 => format!("if = {{ key = [1, \"2\"] }}\nthen = \"{one}\"\nelse = \"{two}\""),
        19 => format!(
            "if = [{{ group = \"sales\", waiting = \"> 2\", free = 0, then = \"{one}\" }}, \
             {{ switch = \"night\", then = \"{two}\" }}]\nelse = \"{three}\""
        ),
        20 => format!("call = \"{one}\"\nthen = \"{two}\""),
        21 => format!(
            "gather = \"menu\"\nmin = 1\nmax = 3\nvalid = \"1..150\"\nthen = \"{one}\"\nelse = \"{two}\""
        ),
        22 => format!(
            "gather = \"menu\"\ndigits = 2\ntries = 1\nend = \"\"\nthen = \"{one}\"\nelse = \"{two}\""
        ),
        23 => format!(
            "http = \"https://crm.example.com/{{caller}}\"\nkeep = {{ r = \"a.b\" }}\nmusic = \"music/harbour\"\n\
             status = {{ 404 = \"{one}\" }}\nthen = \"{two}\"\nno-answer = \"{three}\"\nelse = \"{four}\""
        ),
        25 => {
            format!("webhook = \"https://crm.example.com/hooks/{{key}}\"\nevent = \"x.y\"\nthen = \"{one}\"")
        }
        24 => format!("switch = \"night\"\non = \"{one}\"\noff = \"{two}\"\nelse = \"{three}\""),
        _ => "hangup = \"busy\"".into(),
    }
}

/// What waits for an answer of the switch, and what the switch may say.
#[derive(Default)]
struct Switch {
    playing: Option<u64>,
    recording: Option<u64>,
    queued: bool,
    dialling: bool,
    endless: bool,
    announcing: Option<u64>,
    answering: bool,
    asked: bool,
    looking: bool,
    turning: bool,
    request: Option<u64>,
    talked: bool,
    hung_up: bool,
    finding: bool,
    opening: Option<u64>,
    checking: Option<String>,
    promising: bool,
}

impl Switch {
    /// Does a step, and holds the run to the promises of its words.
    fn perform(&mut self, step: Step) {
        assert!(!self.hung_up, "a step after the hangup: {step:?}");
        match step {
            Step::Answer => self.answering = true,
            Step::Play { playback, sounds, repeat } => {
                assert!(!sounds.is_empty());
                assert!(self.playing.replace(playback).is_none_or(|last| last < playback));
                self.endless = repeat;
                self.announcing = None;
            }
            Step::Announce { playback, sounds } => {
                assert!(!sounds.is_empty() && self.endless, "announcements are made over music");
                assert!(self.playing.is_some_and(|last| last < playback));
                self.announcing = Some(playback);
            }
            Step::StopPlay => assert!(self.playing.take().is_some(), "nothing to stop"),
            Step::Queue { .. } => assert!(!std::mem::replace(&mut self.queued, true)),
            Step::AskPosition => {
                assert!(self.queued);
                self.asked = true;
            }
            Step::AskCallback { number, .. } => {
                assert!(self.queued && !number.is_empty());
                self.checking = Some(number);
            }
            Step::Promise { number, .. } => {
                assert!(self.queued && number.starts_with('+'), "only what may be called is promised");
                self.promising = true;
            }
            Step::LeaveQueue => assert!(std::mem::take(&mut self.queued)),
            Step::Dial { .. } => assert!(!std::mem::replace(&mut self.dialling, true)),
            Step::CancelDial => assert!(std::mem::take(&mut self.dialling)),
            Step::Record { recording, .. } => assert!(self.recording.replace(recording).is_none()),
            Step::FindMailbox { .. } => self.finding = true,
            Step::TakeMessage { recording, .. } => assert!(self.recording.replace(recording).is_none()),
            Step::OpenMailbox { request, .. } => self.opening = Some(request),
            Step::Hangup { .. } => self.hung_up = true,
            Step::Look { .. } => assert!(!std::mem::replace(&mut self.looking, true)),
            Step::Turn { .. } => assert!(!std::mem::replace(&mut self.turning, true)),
            Step::Http { request, http } => {
                assert!(http.url.starts_with("https://crm.example.com/"));
                assert!(self.request.replace(request).is_none_or(|last| last < request));
            }
            Step::Tag { tag } => assert!(!tag.is_empty()),
            Step::RecordCall { .. } => {}
            Step::Webhook { url, .. } => assert!(url.starts_with("https://crm.example.com/hooks/")),
            Step::Mailbox { .. }
            | Step::Conference { .. }
            | Step::Echo
            | Step::Entered { .. }
            | Step::Parameter { .. } => {}
        }
    }

    /// Something that may happen now; `None` if only time or the caller can bring the call on.
    fn input(&mut self, entropy: &mut Entropy) -> Option<Input> {
        let dice = entropy.u32() % 6;
        if std::mem::take(&mut self.answering) {
            return Some(Input::Answered);
        }
        if std::mem::take(&mut self.finding) {
            let mailbox = MailboxId::new(UnixMs(1), entropy);
            let (greeting, max_message_ms) = (Greeting::default(), 5_000);
            let found =
                MailboxFacts { mailbox, greeting, is_full: dice == 1, max_message_ms, has_pin: dice < 5 };
            return Some(Input::MailboxFound((dice > 0).then_some(found)));
        }
        if let Some(request) = self.opening.take() {
            let message = |heard| MessageFacts {
                message: MessageId::new(UnixMs(1), &mut Entropy::from_number(1)),
                caller: "201".into(),
                at: UnixMs(1_795_424_400_000),
                heard,
                file: "/tmp/1.wav".into(),
            };
            let opened = match dice {
                0 => Opened::Wrong,
                1 => Opened::Locked,
                2 => Opened::Messages(vec![]),
                _ => Opened::Messages(vec![message(false), message(true)]),
            };
            return Some(Input::MailboxOpened { request, opened });
        }
        if let Some(number) = self.checking.take() {
            return Some(Input::CallbackTo { number: (dice > 0).then(|| format!("+{number}")) });
        }
        if std::mem::take(&mut self.promising) {
            let promised = [Promised::Refused, Promised::Made, Promised::Joined][dice as usize % 3];
            self.queued = promised == Promised::Refused;
            return Some(Input::Promised(promised));
        }
        if std::mem::take(&mut self.asked) && dice > 0 {
            return Some(Input::Position {
                position: 1 + entropy.u32() % 30,
                wait: entropy.u32().is_multiple_of(2).then(|| std::time::Duration::from_secs(90)),
            });
        }
        if std::mem::take(&mut self.looking) && dice > 0 {
            return Some(Input::Seen { value: dice - 1 });
        }
        if std::mem::take(&mut self.turning) && dice > 0 {
            return Some(if dice == 1 { Input::MayNotTurn } else { Input::Turned { on: dice > 3 } });
        }
        if let Some(request) = self.request.filter(|_| dice < 4) {
            self.request = None;
            return Some(http_outcome(request, entropy));
        }
        if self.queued && dice < 2 {
            let outcomes =
                [QueueOutcome::Served, QueueOutcome::Full, QueueOutcome::TimedOut, QueueOutcome::Failed];
            return Some(self.talk(
                dice,
                |switch| switch.queued = false,
                Input::QueueEnded(outcomes[entropy.u32() as usize % 4]),
            ));
        }
        if self.dialling && dice < 3 {
            let outcomes =
                [DialOutcome::Served, DialOutcome::Busy, DialOutcome::NoAnswer, DialOutcome::Failed];
            return Some(self.talk(
                dice,
                |switch| switch.dialling = false,
                Input::DialEnded(outcomes[entropy.u32() as usize % 4]),
            ));
        }
        if let Some(recording) = self.recording.take() {
            let file = "/tmp/recording.wav".into();
            return Some(if dice == 0 {
                Input::RecordFailed { recording }
            } else {
                Input::Recorded {
                    recording,
                    file,
                    ms: 1,
                    spoken_ms: dice * 500,
                    ended: RecordOutcome::Silence,
                }
            });
        }
        let playback = match self.announcing.take() {
            Some(announcement) => announcement,
            None => {
                let playback = self.playing.filter(|_| !self.endless)?;
                self.playing = None;
                playback
            }
        };
        Some(if dice == 0 { Input::PlayFailed { playback } } else { Input::PlayEnded { playback } })
    }

    fn talk(&mut self, dice: u32, over: impl FnOnce(&mut Self), ended: Input) -> Input {
        if dice == 0 && !self.talked {
            self.talked = true;
            return Input::Connected;
        }
        self.talked = false;
        over(self);
        ended
    }
}

/// Any answer of another program, or any failure to have one.
fn http_outcome(request: u64, entropy: &mut Entropy) -> Input {
    let dice = entropy.u32() as usize % (HttpFailure::WORDS.len() + 5);
    if let Some((_, why)) = HttpFailure::WORDS.get(dice) {
        return Input::HttpFailed { request, why: *why };
    }
    let (status, body) = [(200, "{\"a\":{\"b\":1}}"), (200, "no json"), (204, ""), (404, "{}"), (503, "[1")]
        [dice - HttpFailure::WORDS.len()];
    Input::HttpAnswered { request, status, body: body.into() }
}

/// What became of a caller.
#[derive(Debug, PartialEq)]
enum End {
    Over,
    /// Music, an echo or a conversation, until somebody hangs up.
    Resting,
    /// Still going round.
    Restless,
}

/// Lets a caller go through the plan who presses keys with a chance of one in `patience`.
fn walk(entry: Entry, patience: u32, entropy: &mut Entropy, mut see: impl FnMut(&Step)) -> End {
    let epoch = Epoch(UnixMs(i64::from(entropy.u32()) * 1000));
    let mut now = Time::ZERO;
    let mut run = Run::start(entry, Facts::default(), epoch, now);
    let mut switch = Switch::default();
    for _ in 0..3_000 {
        while let Some(step) = run.poll_output() {
            see(&step);
            switch.perform(step);
        }
        if run.is_over() {
            assert!(switch.hung_up);
            return End::Over;
        }
        now += std::time::Duration::from_millis(u64::from(entropy.u32() % 3) * 400);
        if patience > 0 && entropy.u32().is_multiple_of(patience) {
            let keys = ['0', '1', '2', '#', 'A', '4', '5', '6', '7', '8', '9', '*'];
            run.handle(Input::Digit(keys[entropy.u32() as usize % keys.len()]), now);
        } else if let Some(input) = switch.input(entropy) {
            run.handle(input, now);
        } else if let Some(at) = run.poll_timeout() {
            now = now.max(at);
            run.handle_timeout(now);
        } else {
            return End::Resting;
        }
    }
    End::Restless
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_silent_caller_of_any_accepted_plan_comes_to_an_end(seed: u64) {
        let mut entropy = Entropy::from_number(seed);
        let text = random_plan(&mut entropy);
        if let Ok(plans) = load(vec![SourceFile::new("random.toml", &*text)], &world()) {
            let end = walk(plans.entry("100").unwrap(), 0, &mut entropy, |_| {});
            prop_assert_ne!(end, End::Restless, "{}", text);
        }
    }

    #[test]
    fn a_caller_who_presses_anything_never_waits_for_nothing(seed: u64) {
        let mut entropy = Entropy::from_number(seed);
        let text = random_plan(&mut entropy);
        if let Ok(plans) = load(vec![SourceFile::new("random.toml", &*text)], &world()) {
            walk(plans.entry("100").unwrap(), 3, &mut entropy, |_| {});
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[a-z\\[\\]{}=\"', \n#.0-9+-]{0,200}") {
        let problems = load(vec![SourceFile::new("random.toml", &*text)], &world()).unwrap_err();
        for problem in problems {
            prop_assert!(problem.to_string().contains("random.toml"));
        }
    }

    #[test]
    fn a_damaged_file_is_read_without_a_panic(seed: u64, at in 0usize..600, byte in 0u8..128) {
        let mut entropy = Entropy::from_number(seed);
        let mut text = random_plan(&mut entropy).into_bytes();
        let at = at % text.len();
        text[at] = byte;
        let text = String::from_utf8(text).unwrap();
        if let Err(problems) = load(vec![SourceFile::new("random.toml", &*text)], &world()) {
            prop_assert!(problems.iter().all(|problem| !problem.picture(true).is_empty()));
        }
    }
}

/// The kinds of steps, so that one that is never asked for is noticed.
const STEPS: [&str; 24] = [
    "Entered",
    "Answer",
    "Play",
    "Announce",
    "StopPlay",
    "Queue",
    "AskPosition",
    "LeaveQueue",
    "Dial",
    "CancelDial",
    "Echo",
    "Record",
    "FindMailbox",
    "TakeMessage",
    "OpenMailbox",
    "Mailbox",
    "Parameter",
    "Tag",
    "RecordCall",
    "Look",
    "Turn",
    "Http",
    "Webhook",
    "Hangup",
];

#[test]
fn random_callers_of_random_plans_come_by_every_step_and_every_end() {
    let mut entropy = Entropy::from_number(1);
    let mut visits: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..6_000 {
        let text = random_plan(&mut entropy);
        let Ok(plans) = load(vec![SourceFile::new("random.toml", &*text)], &world()) else { continue };
        *visits.entry("accepted".into()).or_default() += 1;
        let entry = plans.entry("100").unwrap();
        let end = walk(entry, 4, &mut entropy, |step| {
            let name = format!("{step:?}");
            let kind = name.split([' ', '{']).next().unwrap_or_default();
            *visits.entry(kind.to_owned()).or_default() += 1;
        });
        *visits.entry(format!("{end:?}")).or_default() += 1;
    }
    println!("{visits:#?}");
    assert!(visits["accepted"] > 200);
    for kind in STEPS.iter().chain(&["Over", "Resting"]) {
        assert!(visits.contains_key(*kind), "{kind} was never visited");
    }
}

#[test]
fn a_caller_sent_round_without_waiting_is_let_go() {
    let text = harbour("[a]\nplay = \"welcome\"\nthen = \"b\"\n[b]\nqueue = \"sales\"\nelse = \"a\"");
    let mut caller = Caller::answered(&text);
    for _ in 0..200 {
        caller.steps();
        let playback = caller.run.playback();
        caller.tell(Input::PlayFailed { playback });
        if caller.tell(Input::QueueEnded(QueueOutcome::Full)).contains(&hang_up(Cause::Internal)) {
            assert!(caller.run.is_over());
            return;
        }
    }
    panic!("the caller is still going round");
}
