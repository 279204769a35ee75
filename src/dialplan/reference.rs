//! Every setting of a dialplan file, once: the schema for editors is made of this table, and tests hold the readers
//! of verbs and `docs/dialplan.md` against it.

use super::step::Cause;

/// A setting of a file or of a verb.
pub(super) struct Setting {
    pub name: &'static str,
    pub kind: Kind,
    /// It must be there.
    pub needed: bool,
    /// What it means, for the person who writes it.
    pub about: &'static str,
}

/// A verb with its settings; the first is the verb itself.
pub(super) struct Entry {
    pub about: &'static str,
    pub settings: &'static [Setting],
}

/// What may stand behind `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing but `true`.
    True,
    Flag,
    Text,
    /// A text or a list of texts.
    Texts,
    /// A length of time: `"30s"`.
    Length,
    Whole(i32, i32),
    /// The name of a node.
    Node,
    /// A sound or a list of sounds.
    Sounds,
    /// The keys of a menu with their nodes.
    Keys,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A text, or `{ text = "…" }`.
    Said,
    /// A table: names with values of any kind.
    Table,
    /// A condition, or a list of them with a node each.
    Condition,
    /// What digits must be: a number, a text, or a list of these.
    Fits,
    /// `true`, or a text.
    TrueOrText,
    /// A list of numbers, or a table of numbers with their nodes.
    Numbers,
}

use Kind::{
    Condition, Fits, Flag, Keys, Length, Node, Numbers, Said, Sounds, Table, Text, Texts, True, TrueOrText,
    Whole, Words,
};

const fn may(name: &'static str, kind: Kind, about: &'static str) -> Setting {
    Setting { name, kind, needed: false, about }
}

const fn must(name: &'static str, kind: Kind, about: &'static str) -> Setting {
    Setting { name, kind, needed: true, about }
}

const THEN: Setting = must("then", Node, "The next node; \"hangup\" ends the call.");
const SKIP: Setting = may(
    "skip",
    Flag,
    "true: a key cuts it short if a menu comes next, and counts for that menu. true if it is missing.",
);

/// What may stand at the top of a file.
pub(super) const FILE: &[Setting] = &[
    must(
        "numbers",
        Numbers,
        "The numbers whose callers come here: a list, with `start`; or a table of numbers and nodes.",
    ),
    may("start", Node, "The node where callers of these numbers start."),
    may("tenant", Text, "Whose file it is. Without it the file answers numbers that belong to nobody."),
    may("music", Sounds, "What waiting callers hear, unless a node says something else."),
    may("language", Text, "The language of prompts and of spoken numbers; \"en\" if it is missing."),
    may("timezone", Text, "The time zone of opening hours, as in \"Europe/Prague\"."),
    may("holidays", Texts, "Holidays of every `hours` node that gives none of its own."),
    may("exceptions", Texts, "Exceptions of every `hours` node that gives none of its own."),
    may("description", Text, "A line for people."),
];

/// Every verb, in the order of the alphabet.
pub(super) const VERBS: &[Entry] = &[
    Entry { about: "Answers the call.", settings: &[must("answer", True, "Answers the call."), THEN] },
    Entry {
        about: "Goes through nodes that several share, and comes back.",
        settings: &[
            must("call", Node, "The first of these nodes; \"return\" in one of them comes back."),
            must("then", Node, "The node after the return."),
        ],
    },
    Entry {
        about: "Lets the caller talk with all in a room.",
        settings: &[
            must("conference", Text, "The name of the room, with places such as {dialled} in it."),
            may("limit", Whole(2, 50), "Those in it at most; 20 if it is missing."),
            may("full", Node, "The node if so many are there; the call ends if it is missing."),
        ],
    },
    Entry {
        about: "Calls one operator by extension, or a number outside.",
        settings: &[
            must(
                "dial",
                Texts,
                "An operator's extension, a group, or a number outside (+ or 00); or a list of these.",
            ),
            may("ring", Words(&["all", "in-turn"]), "How several ring: all at once, or one after another."),
            may("each", Length, "How long each of several rings in turn."),
            may("timeout", Length, "How long it may ring; \"30s\" if it is missing."),
            may("busy", Node, "The node if the party is on another call."),
            may("no-answer", Node, "The node if nobody answers in time."),
            may("unavailable", Node, "The node if the party cannot be reached or is away."),
            must("else", Node, "The node in every other case."),
            may(
                "music",
                Sounds,
                "What a caller hears meanwhile whose call is answered; ringing if it is missing.",
            ),
        ],
    },
    Entry {
        about: "The caller hears what the caller says.",
        settings: &[must("echo", True, "The caller hears what the caller says, until the caller hangs up.")],
    },
    Entry {
        about: "Asks for digits and keeps them in a parameter.",
        settings: &[
            must("gather", Sounds, "The prompt; keys may be pressed while it is heard."),
            may("digits", Whole(1, 32), "How many digits the caller types; or `min` and `max`."),
            may("min", Whole(1, 32), "How many at least; 1 if it is missing."),
            may("max", Whole(1, 32), "How many at most."),
            may("end", Text, "The key that says \"this is all\"; \"#\" if it is missing, \"\" for none."),
            may("timeout", Length, "How long to wait for the next key; \"5s\" if it is missing."),
            may("valid", Fits, "What the digits must be, as in [\"4711\", \"5000..5999\", \"99*\"]."),
            may("tries", Whole(1, 20), "How often the prompt is played in all; 3 if it is missing."),
            may(
                "invalid",
                Sounds,
                "What is heard when the digits are not valid; the prompt `not-right` if it is missing.",
            ),
            may("into", Text, "The parameter that keeps the digits; the node's own name if it is missing."),
            must("then", Node, "The node after valid digits."),
            must("else", Node, "Where a caller goes who types nothing, or nothing that is valid."),
        ],
    },
    Entry { about: "Another name for a node.", settings: &[must("goto", Node, "The node to go on with.")] },
    Entry {
        about: "Ends the call.",
        settings: &[must(
            "hangup",
            Words(&Cause::NAMES),
            "Why the call ends; a call that nothing has answered yet is refused with it.",
        )],
    },
    Entry {
        about: "Sends the caller one way during opening hours, and another outside them.",
        settings: &[
            must("hours", Texts, "The week: days, then times, as in \"Mon-Fri 08:00-12:00 13:00-17:00\"."),
            may(
                "holidays",
                Texts,
                "Dates that are holidays: \"12-24\" every year, \"2027-03-26\" once, \"12-24..12-26\".",
            ),
            may(
                "exceptions",
                Texts,
                "Dates with hours of their own: \"2026-12-31 08:00-12:00\", or \"2026-11-20 closed\".",
            ),
            must("open", Node, "The node during the hours."),
            must("closed", Node, "The node outside them."),
            may("holiday", Node, "The node on holidays; `closed` if it is missing."),
            may("timezone", Text, "The time zone, if not that of the file."),
        ],
    },
    Entry {
        about: "Asks another program; its answer becomes parameters.",
        settings: &[
            must(
                "http",
                Text,
                "The address, which may hold places such as {caller}; its host must be allowed.",
            ),
            may("send", Table, "What is sent, as a JSON object; with it, the request is a POST."),
            may("method", Words(&["GET", "POST"]), "How, if it is not clear."),
            may("headers", Table, "Headers of the request."),
            may("timeout", Length, "How long to wait for the whole answer; \"5s\" if it is missing."),
            may("keep", Table, "Parameters, each with the place in the answer where its value stands."),
            may("music", Sounds, "What a caller hears meanwhile whose call is answered."),
            must("then", Node, "The node after an answer with a status of 200 to 299."),
            may("status", Table, "Nodes for single statuses, as in { 404 = \"unknown\" }."),
            may("no-answer", Node, "The node if no answer comes in time; `else` if it is missing."),
            must("else", Node, "The node for every other status, and if there is no usable answer."),
        ],
    },
    Entry {
        about: "Parts the way by what is known of the caller, of groups and of switches.",
        settings: &[
            must("if", Condition, "What must hold; or a list of such tables, each with `then`."),
            may("then", Node, "The node if it holds."),
            must("else", Node, "The node if nothing of it holds."),
        ],
    },
    Entry {
        about: "Lets the owner of a mailbox listen to its messages, after typing the PIN.",
        settings: &[must("mailbox", TrueOrText, "true: whose it is is asked for; or its name."), THEN],
    },
    Entry {
        about: "Plays a prompt and waits for a key.",
        settings: &[
            must("menu", Sounds, "The prompt; a key may be pressed while it is heard."),
            must(
                "keys",
                Keys,
                "Where each key leads: 0 to 9, \"*\", \"#\" (these two in quotes), and `any` for every other.",
            ),
            must("else", Node, "Where a caller goes who presses nothing, or only wrong keys."),
            may("timeout", Length, "How long to wait for a key after the prompt; \"5s\" if it is missing."),
            may(
                "tries",
                Whole(1, 20),
                "How often the prompt is played in all before `else`; 3 if it is missing.",
            ),
            may("invalid", Sounds, "What is heard after a wrong key; the prompt `invalid` if it is missing."),
        ],
    },
    Entry {
        about: "Lets the caller hear sounds, one after another.",
        settings: &[
            must("play", Sounds, "The sounds: a name, a list, a { tone = … } or a { silence = … }."),
            Setting { needed: false, ..THEN },
            SKIP,
            may("repeat", Flag, "true: over and over until the caller hangs up; there is no `then`."),
        ],
    },
    Entry {
        about: "The caller waits with music until an operator of the group answers.",
        settings: &[
            must("queue", Text, "The name of a group of the tenant."),
            must("else", Node, "Where a caller goes whom nobody can serve."),
            may("music", Sounds, "What the caller hears; the file's `music` if it is missing."),
            may(
                "position-every",
                Length,
                "The caller is told the place in the queue this often; never, if it is missing.",
            ),
            may(
                "wait-every",
                Length,
                "The caller is told the expected wait this often; never, if it is missing.",
            ),
            may("announce", Sounds, "Sounds that are heard now and then, such as which keys may be pressed."),
            may("announce-every", Length, "How often they are heard; \"60s\" if it is missing."),
            may(
                "keys",
                Keys,
                "Where a key leads that the caller presses while waiting; the caller leaves the queue. Keys are written as for a menu.",
            ),
            may(
                "callback",
                Text,
                "The key by which a caller asks to be called when it is the caller's turn; the caller hangs up and keeps the place.",
            ),
            may(
                "callback-number",
                Words(&["caller", "ask"]),
                "Whom to call: the caller's number, or one that the caller types; \"caller\" if it is missing.",
            ),
            may(
                "callback-retry",
                Texts,
                "How long to wait after each call in vain; [\"5min\", \"15min\"] if it is missing, so three calls in all.",
            ),
            may("callback-expires", Length, "How long the promise holds; \"24h\" if it is missing."),
            may(
                "callback-hours",
                Texts,
                "When clients are called; at any time if it is missing. Written as for `hours`.",
            ),
            may("callback-then", Node, "The node after the promise; the call ends if it is missing."),
            may("max-wait", Length, "The longest the caller waits, besides the limit of the group."),
            may("full", Node, "The node if the group takes no more callers; `else` if it is missing."),
            may("timeout", Node, "The node after the longest wait; `else` if it is missing."),
            may(
                "priority",
                Whole(-100, 100),
                "Callers of a higher priority are served first; 0 if it is missing.",
            ),
        ],
    },
    Entry {
        about: "Records what the caller says; \"{recording}\" plays it back.",
        settings: &[
            must("record", Length, "The longest recording."),
            THEN,
            may("stop", Text, "The keys that end the recording; \"#\" if it is missing."),
            may("min", Length, "A shorter recording counts as none, and leads to `short`."),
            may("silence", Length, "So much silence ends the recording."),
            may("short", Node, "The node after a recording that is too short; `then` if it is missing."),
            may("beep", Flag, "false: no tone before it begins."),
        ],
    },
    Entry {
        about: "Says whether conversations are recorded from here on, whatever the group and the number say.",
        settings: &[must("record-call", Words(&["on", "off"]), "Whether."), THEN],
    },
    Entry {
        about: "Speaks digits, a number, a date, a time or a sum, put together from recorded pieces; or free text.",
        settings: &[
            must(
                "say",
                Said,
                "What to say, with places such as {key} and {caller} in it; or { text = \"…\" }.",
            ),
            may(
                "as",
                Words(&["digits", "number", "date", "time", "money"]),
                "How; \"digits\" if it is missing.",
            ),
            may(
                "gender",
                Words(&["masculine", "feminine", "neuter"]),
                "With as = \"number\": the gender of the noun that follows.",
            ),
            may(
                "currency",
                Words(&["CZK", "EUR", "GBP", "USD"]),
                "With as = \"money\": the currency, unless the text ends with its code.",
            ),
            THEN,
            SKIP,
        ],
    },
    Entry {
        about: "Keeps parameters with the session, or changes the language.",
        settings: &[
            must(
                "set",
                Table,
                "Names with their values, which may hold places; `language` is the language from here on.",
            ),
            THEN,
        ],
    },
    Entry {
        about: "Turns a switch, such as a night switch, for operators of the tenant.",
        settings: &[
            must("switch", Text, "The name of the switch."),
            may("turn", Words(&["toggle", "on", "off"]), "How; \"toggle\" if it is missing."),
            may("on", Node, "The node if it is on now."),
            may("off", Node, "The node if it is off now."),
            must("else", Node, "The node for callers who may not turn it."),
        ],
    },
    Entry {
        about: "Marks the session with words.",
        settings: &[must("tag", Texts, "The words, which may hold places."), THEN],
    },
    Entry {
        about: "Leaves a message in a mailbox.",
        settings: &[
            must("voicemail", Text, "The mailbox: its name or number, an operator's name or extension."),
            may("greeting", Words(&["default", "own", "none"]), "What is heard before the tone."),
            may("max", Length, "The longest message; never longer than the mailbox allows."),
            may("min", Length, "What is shorter is dropped; \"1s\" if it is missing."),
            may("silence", Length, "Silence that ends the message; \"5s\" if it is missing."),
            THEN,
            may("full", Node, "The node if the mailbox takes no more messages; `then` if it is missing."),
            may("else", Node, "The node if there is no such mailbox; `then` if it is missing."),
        ],
    },
    Entry {
        about: "Tells another program, some time; the call does not wait.",
        settings: &[
            must("webhook", Text, "The address; its host must be allowed."),
            may("event", Text, "The name of the event; the node's own name if it is missing."),
            may("send", Table, "What is told; all parameters if it is missing."),
            THEN,
        ],
    },
];

impl Entry {
    /// The key that names the verb.
    pub fn verb(&self) -> &'static str {
        self.settings.first().map_or("", |setting| setting.name)
    }
}
