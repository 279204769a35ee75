//! One caller's way through a dialplan, as a state machine.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::{Epoch, Time};

use super::plan::{Entry, Plan, Target};
use super::stage::{Memory, Stage};
use super::step::{Cause, Facts, Input, Step};
use super::verbs::{Doing, Exit, Next};

/// One caller's way through a [`Plan`].
///
/// The switch tells it what happens and does the [`Step`]s it asks for. The run keeps the plan it
/// started on: a later edit of the file does not touch it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    plan: Arc<Plan>,
    /// The name of the node under way.
    node: String,
    state: State,
    facts: Facts,
    epoch: Epoch,
    memory: Memory,
    pace: Pace,
    steps: VecDeque<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    /// The node needs an answered call; it begins with [`Input::Answered`].
    Answering,
    At(Doing),
    Over,
}

impl Run {
    /// Starts a caller at `entry`; the first steps can be fetched at once.
    pub fn start(entry: Entry, facts: Facts, epoch: Epoch, now: Time) -> Self {
        let mut run = Self {
            plan: entry.plan,
            node: entry.node.clone(),
            state: State::Over,
            facts,
            epoch,
            memory: Memory::default(),
            pace: Pace { since: now, entered: 0 },
            steps: VecDeque::new(),
        };
        run.follow(Next::by("", &Target::Node(entry.node)), now);
        run
    }

    /// Takes note of what happened. What does not fit the moment (a key while nobody asks, the end
    /// of a playback that was replaced) changes nothing.
    pub fn handle(&mut self, input: Input, now: Time) {
        if self.is_over() {
            return;
        }
        match (mem::replace(&mut self.state, State::Over), input) {
            (_, Input::HungUp) => {}
            (State::Answering, Input::Answered) => {
                self.memory.answered = true;
                let next = self.perform(now);
                self.follow(next, now);
            }
            (State::Answering, input) => {
                if let Input::Digit(key) = input {
                    self.memory.type_ahead(key);
                }
                self.state = State::Answering;
            }
            (State::At(doing), input) => {
                let next = self.with_stage(now, |plan, node, stage| match plan.nodes.get(node) {
                    Some(node) => node.verb.handle(doing, input, stage),
                    None => Next::End(Cause::Internal),
                });
                self.follow(next, now);
            }
            (State::Over, _) => {}
        }
    }

    /// Lets time pass. Call it no later than [`poll_timeout`](Self::poll_timeout) asks.
    pub fn handle_timeout(&mut self, now: Time) {
        if self.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        if let State::At(doing) = mem::replace(&mut self.state, State::Over) {
            let next = self.with_stage(now, |plan, node, stage| match plan.nodes.get(node) {
                Some(node) => node.verb.wake(doing, stage),
                None => Next::End(Cause::Internal),
            });
            self.follow(next, now);
        }
    }

    /// When the run wants to be woken.
    pub fn poll_timeout(&self) -> Option<Time> {
        match &self.state {
            State::At(doing) => doing.wakes_at(),
            State::Answering | State::Over => None,
        }
    }

    /// The next step for the switch.
    pub fn poll_output(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// True after the hangup step or the caller's hanging up.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// True while the caller talks with whom the node has called.
    pub fn has_connected(&self) -> bool {
        matches!(&self.state, State::At(doing) if doing.has_connected())
    }

    /// True while keys are nobody's business but the caller's, as a PIN is.
    pub fn hides_keys(&self) -> bool {
        matches!(self.state, State::At(Doing::Mailbox(_)))
    }

    /// True while a key is asked for in a node that is no menu.
    pub(super) fn asks(&self) -> bool {
        matches!(&self.state, State::At(doing) if doing.asks())
    }

    /// The name of the node under way (the last one, when over).
    pub fn node(&self) -> &str {
        &self.node
    }

    /// The plan this run started on.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The language in which the caller is spoken to at this moment.
    pub fn language(&self) -> &str {
        self.memory.language(&self.plan)
    }

    /// The number of the last playback.
    #[cfg(test)]
    pub(super) fn playback(&self) -> u64 {
        self.memory.playbacks()
    }

    /// Goes on until a node waits for something or the call is over.
    fn follow(&mut self, mut next: Next, now: Time) {
        loop {
            next = match next {
                Next::Stay(doing) => {
                    self.state = State::At(doing);
                    return;
                }
                Next::Go(target) => Next::By(self.usual_way(&target), target),
                Next::By(by, Target::Return) => match self.memory.take_return() {
                    Some(then) => Next::By(by, then),
                    None => Next::End(Cause::Internal),
                },
                Next::By(by, Target::Hangup(cause)) => return self.hang_up(cause, by.into()),
                Next::End(cause) => return self.hang_up(cause, String::new()),
                Next::By(by, Target::Node(name)) => match self.arrive(name, by.into(), now) {
                    Some(next) => next,
                    None => return,
                },
            };
        }
    }

    /// Comes to a node and begins it; nothing follows yet if the call is to be answered first.
    fn arrive(&mut self, name: String, by: String, now: Time) -> Option<Next> {
        let Some(node) = self.plan.nodes.get(&name) else { return Some(Next::End(Cause::Internal)) };
        if !self.pace.may_enter(now) {
            return Some(Next::End(Cause::Internal));
        }
        let (line, needs_answer) = (node.line, node.verb.needs_answer());
        self.node.clone_from(&name);
        self.steps.push_back(Step::Entered { node: name, line, by });
        if needs_answer && !self.memory.answered {
            self.steps.push_back(Step::Answer);
            self.state = State::Answering;
            return None;
        }
        Some(self.perform(now))
    }

    fn hang_up(&mut self, cause: Cause, by: String) {
        self.steps.push_back(Step::Hangup { cause, by });
    }

    /// What a person calls the usual way from the node under way to this target.
    fn usual_way(&self, target: &Target) -> Cow<'static, str> {
        let exits = self.plan.nodes.get(&self.node).map(|node| node.verb.exits()).unwrap_or_default();
        let is_usual = |exit: &&Exit| exit.target == target && exit.is_usual();
        exits.iter().find(is_usual).map(|exit| exit.by.clone().into_owned().into()).unwrap_or_default()
    }

    /// Begins the node under way.
    fn perform(&mut self, now: Time) -> Next {
        self.with_stage(now, |plan, node, stage| match plan.nodes.get(node) {
            Some(node) => node.verb.enter(stage),
            None => Next::End(Cause::Internal),
        })
    }

    fn with_stage(&mut self, now: Time, act: impl FnOnce(&Plan, &str, &mut Stage) -> Next) -> Next {
        let plan = Arc::clone(&self.plan);
        let mut stage = Stage {
            plan: &plan,
            node: &self.node,
            facts: &self.facts,
            memory: &mut self.memory,
            steps: &mut self.steps,
            now,
            wall: self.epoch.wall(now),
        };
        act(&plan, &self.node, &mut stage)
    }
}

/// Counts nodes in a stretch of time, so that a caller who is sent round without waiting (a full
/// queue that leads to a full queue) is let go instead of holding up everybody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pace {
    since: Time,
    entered: u32,
}

impl Pace {
    const STRETCH: Duration = Duration::from_secs(1);
    /// Far more than a person can cause in a stretch.
    const MOST: u32 = 100;

    fn may_enter(&mut self, now: Time) -> bool {
        if now.since(self.since) >= Self::STRETCH {
            *self = Pace { since: now, entered: 0 };
        }
        self.entered += 1;
        self.entered <= Self::MOST
    }
}
