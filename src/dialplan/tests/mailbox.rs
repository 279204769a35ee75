//! Messages left and listened to.

use std::time::Duration;

use super::*;
use crate::entropy::Entropy;
use crate::id::{MailboxId, MessageId};

fn mailbox() -> MailboxId {
    MailboxId::new(UnixMs(1), &mut Entropy::from_number(5))
}

fn found(change: impl FnOnce(&mut MailboxFacts)) -> Input {
    let mut facts = MailboxFacts {
        mailbox: mailbox(),
        greeting: Greeting::Default,
        is_full: false,
        max_message_ms: 60_000,
        has_pin: true,
    };
    change(&mut facts);
    Input::MailboxFound(Some(facts))
}

fn prompt(name: &str) -> Sound {
    file(&format!("prompts/en/{name}"))
}

/// What is played, whatever its number.
fn heard(steps: &[Step]) -> Vec<Sound> {
    let sounds = steps.iter().filter_map(|step| match step {
        Step::Play { sounds, .. } => Some(sounds.clone()),
        _ => None,
    });
    sounds.flatten().collect()
}

impl Caller {
    /// The playback under way ends.
    fn ends(&mut self) -> Vec<Step> {
        let playback = self.run.playback();
        self.tell(Input::PlayEnded { playback })
    }

    fn press(&mut self, keys: &str) -> Vec<Step> {
        keys.chars().flat_map(|key| self.tell(Input::Digit(key))).collect()
    }
}

const LEAVE: &str = "[a]\nvoicemail = \"sales\"\nmax = \"2min\"\nfull = \"b\"\nthen = \"hangup\"\n[b]\nplay = \"sorry\"\nthen = \"hangup\"";

#[test]
fn a_message_is_left_after_greeting_and_tone() {
    let mut caller = Caller::answered(&harbour(LEAVE));
    assert_eq!(caller.steps(), [Step::FindMailbox { which: MailboxName::Named("sales".into()) }]);
    assert_eq!(heard(&caller.tell(found(|_| {}))), [prompt("voicemail/leave-message")]);
    assert_eq!(heard(&caller.press("#")), [prompt("beep")]);
    let record = Step::TakeMessage {
        recording: 1,
        mailbox: mailbox(),
        max: Duration::from_secs(60),
        min: Duration::from_secs(1),
        silence: Duration::from_secs(5),
        stop_digits: "#".into(),
    };
    assert_eq!(caller.ends(), [record], "the mailbox's own limit is the shorter one");
    let (file, ended) = ("/tmp/1.wav".into(), RecordOutcome::Key);
    let steps = caller.tell(Input::Recorded { recording: 1, file, ms: 3_000, spoken_ms: 2_500, ended });
    assert_eq!(steps[0], Step::Parameter { name: "a".into(), value: "left".into() });
    assert_eq!(heard(&steps), [prompt("voicemail/saved")]);
    assert_eq!(caller.ends(), [BYE]);
}

#[test]
fn a_full_mailbox_says_so_and_one_that_is_gone_is_passed_over() {
    let mut caller = Caller::answered(&harbour(LEAVE));
    caller.steps();
    let steps = caller.tell(found(|facts| facts.is_full = true));
    assert_eq!(heard(&steps), [prompt("voicemail/full")]);
    assert_eq!(heard(&caller.ends()), [prompt("sorry")]);
    let mut caller = Caller::answered(&harbour(LEAVE));
    caller.steps();
    let unknown = Step::Parameter { name: "a".into(), value: "unknown".into() };
    assert_eq!(caller.tell(Input::MailboxFound(None)), [unknown, BYE]);
}

#[test]
fn an_own_greeting_is_heard_and_none_is_left_out() {
    let mut caller = Caller::answered(&harbour(LEAVE));
    caller.steps();
    let own = Greeting::Own("/data/g.wav".into());
    let steps = caller.tell(found(|facts| facts.greeting = own));
    assert_eq!(heard(&steps), [Sound::Recording("/data/g.wav".into())]);
    let mut caller = Caller::answered(&harbour(LEAVE));
    caller.steps();
    assert_eq!(heard(&caller.tell(found(|facts| facts.greeting = Greeting::None))), [prompt("beep")]);
}

const LISTEN: &str = "[a]\nmailbox = true\nthen = \"hangup\"";

fn messages() -> Vec<MessageFacts> {
    let message = |n: u64, heard| MessageFacts {
        message: MessageId::new(UnixMs(1), &mut Entropy::from_number(n)),
        caller: if n == 1 { "202".into() } else { String::new() },
        at: UnixMs(1_795_424_400_000),
        heard,
        file: format!("/data/{n}.wav"),
    };
    vec![message(1, false), message(2, true)]
}

/// A caller who has opened the mailbox, at its first message.
fn inside() -> Caller {
    let mut caller = Caller::answered(&harbour(LISTEN));
    assert_eq!(caller.steps(), [Step::FindMailbox { which: MailboxName::Own }]);
    assert_eq!(heard(&caller.tell(found(|_| {}))), [prompt("voicemail/enter-pin")]);
    let steps = caller.press("12*4711#");
    let open = Step::OpenMailbox { request: 1, mailbox: mailbox(), pin: Pin("4711".into()) };
    assert_eq!(steps.last(), Some(&open), "the star begins anew");
    assert!(!format!("{open:?}").contains("4711"), "a PIN is not shown");
    assert!(caller.run.hides_keys());
    let steps = caller.tell(Input::MailboxOpened { request: 1, opened: Opened::Messages(messages()) });
    let counts = [
        prompt("voicemail/new-messages"),
        prompt("numbers/1"),
        prompt("voicemail/saved-messages"),
        prompt("numbers/1"),
    ];
    assert_eq!(heard(&steps), counts);
    let sounds = heard(&caller.ends());
    assert_eq!(sounds[..3], [prompt("voicemail/message"), prompt("numbers/1"), prompt("voicemail/from")]);
    assert_eq!(sounds.last(), Some(&Sound::Recording("/data/1.wav".into())));
    caller
}

#[test]
fn a_message_that_was_heard_is_marked_and_the_next_one_comes() {
    let mut caller = inside();
    let steps = caller.ends();
    let act = MailboxAct::Heard(messages()[0].message);
    assert_eq!(steps[0], Step::Mailbox { mailbox: mailbox(), act });
    assert_eq!(heard(&steps), [prompt("voicemail/options")]);
    let sounds = heard(&caller.press("6"));
    assert!(sounds.contains(&prompt("voicemail/unknown-caller")), "{sounds:?}");
    assert_eq!(heard(&caller.press("6"))[0], prompt("voicemail/no-more"));
    caller.ends();
    assert_eq!(heard(&caller.press("4")).last(), Some(&Sound::Recording("/data/1.wav".into())));
    assert_eq!(heard(&caller.press("5")).last(), Some(&Sound::Recording("/data/1.wav".into())));
    assert_eq!(heard(&caller.press("*")), [prompt("goodbye")]);
    assert_eq!(caller.ends(), [BYE]);
}

#[test]
fn messages_are_deleted_saved_and_called_back() {
    let mut caller = inside();
    let steps = caller.press("8");
    let back = vec![DialTarget::AsCaller("202".into())];
    assert!(steps.contains(&Step::Dial { targets: back, ring: Ring::All, each: None }), "{steps:?}");
    let steps = caller.tell(Input::DialEnded(DialOutcome::Busy));
    assert_eq!(heard(&steps), [prompt("voicemail/no-call-back")]);
    caller.ends();
    let steps = caller.press("9");
    let saved = MailboxAct::Heard(messages()[0].message);
    assert!(steps.contains(&Step::Mailbox { mailbox: mailbox(), act: saved }));
    assert_eq!(heard(&steps), [prompt("voicemail/saved")]);
    caller.ends();
    let steps = caller.press("7");
    let gone = MailboxAct::Delete(messages()[1].message);
    assert!(steps.contains(&Step::Mailbox { mailbox: mailbox(), act: gone }));
    assert_eq!(heard(&steps), [prompt("voicemail/deleted")]);
}

#[test]
fn a_greeting_is_recorded_and_kept_if_its_owner_wants_it() {
    let mut caller = inside();
    let sounds = heard(&caller.press("0"));
    assert_eq!(sounds, [prompt("voicemail/speak-greeting"), prompt("beep")]);
    let steps = caller.ends();
    assert!(matches!(steps[..], [Step::Record { recording: 1, .. }]), "{steps:?}");
    let (file, ended) = (String::from("/tmp/g.wav"), RecordOutcome::Key);
    let recorded = Input::Recorded { recording: 1, file: file.clone(), ms: 2_000, spoken_ms: 1_500, ended };
    let steps = caller.tell(recorded);
    assert_eq!(heard(&steps), [Sound::Recording(file.clone()), prompt("voicemail/greeting-options")]);
    let steps = caller.press("1");
    let act = MailboxAct::Greeting(Some(file));
    assert!(steps.contains(&Step::Mailbox { mailbox: mailbox(), act }), "{steps:?}");
}

#[test]
fn wrong_pins_are_answered_ever_more_slowly_and_after_three_it_is_over() {
    let mut caller = Caller::answered(&harbour(LISTEN));
    caller.steps();
    caller.tell(found(|_| {}));
    for (request, pause) in [(1, 2_000), (2, 4_000), (3, 8_000)] {
        caller.press("1234#");
        let steps = caller.tell(Input::MailboxOpened { request, opened: Opened::Wrong });
        assert_eq!(heard(&steps), [Sound::Silence { ms: pause }, prompt("not-right")]);
        let steps = caller.ends();
        assert_eq!(steps.contains(&BYE), request == 3, "{steps:?}");
    }
}

#[test]
fn whether_a_number_is_a_mailbox_is_not_told_before_the_pin() {
    let mut caller = Caller::answered(&harbour(LISTEN));
    caller.steps();
    assert_eq!(heard(&caller.tell(Input::MailboxFound(None))), [prompt("voicemail/enter-number")]);
    let steps = caller.press("299#");
    assert_eq!(steps.last(), Some(&Step::FindMailbox { which: MailboxName::Named("299".into()) }));
    assert_eq!(heard(&caller.tell(Input::MailboxFound(None))), [prompt("voicemail/enter-pin")]);
    let sounds = heard(&caller.press("4711#"));
    assert_eq!(sounds.last(), Some(&prompt("not-right")), "as if there were one");
}

#[test]
fn a_caller_who_types_nothing_is_let_go() {
    let mut caller = Caller::answered(&harbour(LISTEN));
    caller.steps();
    caller.tell(found(|_| {}));
    for _ in 0..3 {
        caller.ends();
        caller.wait();
    }
    assert_eq!(caller.ends(), [BYE]);
}

#[test]
fn a_mailbox_that_does_not_exist_is_found_by_the_check() {
    let text = harbour("[a]\nvoicemail = \"slaes\"\nthen = \"hangup\"");
    let problems = load(vec![SourceFile::new("test.toml", &*text)], &world()).unwrap_err();
    assert_eq!(problems[0].what, "there is no mailbox `slaes`");
    assert!(problems[0].help.as_deref().unwrap().contains("`sales`"), "{:?}", problems[0].help);
}
