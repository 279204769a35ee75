//! What comes and goes by the one port where all browsers of this worker are.

use std::net::UdpSocket;

use super::super::metrics::add;
use super::{IN_A_ROW, LONGEST, Letter, Running, SWEEP_EVERY};
use crate::id::LegId;
use crate::media::webrtc::{self, News};
use crate::sdp::Web;

impl Running {
    /// Tells the worker at whose port a browser has its place what was agreed on with it.
    pub(super) fn expect(&mut self, leg: LegId, web: &Web) {
        match self.slots.home(leg) {
            Some(home) if home == self.thread.index => self.thread.front.door.expect(leg, web.clone()),
            Some(home) => {
                if let Some(mailbox) = self.thread.mailboxes.get(home) {
                    // As many as there are commands, which are bounded.
                    mailbox.post_always(Letter::Browser { leg, web: Box::new(web.clone()) });
                }
            }
            None => {}
        }
    }

    /// Reads what browsers sent.
    pub(super) fn let_in(&mut self, socket: &UdpSocket) {
        let mut buffer = [0; LONGEST];
        for _ in 0..IN_A_ROW {
            self.tick();
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { return };
            self.received += 1;
            add(&self.thread.counters.packets_in, 1);
            let (now, at) = self.thread.now_twice();
            let bytes = buffer.get_mut(..length).unwrap_or_default();
            if let Some(leg) = self.thread.front.door.receive(bytes, from, at) {
                match self.thread.front.worker_of(leg) {
                    Some(worker) if worker == self.thread.index && !self.expected.contains_key(&leg) => {
                        self.thread.worker.handle_packet(leg, bytes, from, now);
                        self.carry_out();
                    }
                    Some(worker) => {
                        self.hand_over(worker, Letter::Datagram { leg, bytes: bytes.to_vec(), from })
                    }
                    None => {}
                }
            }
            self.tell_of_browsers();
        }
    }

    /// Sends what the door has to say, and tells legs what it found out.
    pub(super) fn tell_of_browsers(&mut self) {
        while let Some(output) = self.thread.front.door.poll_output() {
            match output {
                webrtc::Output::Send { to, bytes } => {
                    let sent = self.thread.front.send(to, &bytes);
                    let counters = &self.thread.counters;
                    add(if sent { &counters.packets_out } else { &counters.send_failures }, 1);
                }
                webrtc::Output::News { leg, news } => {
                    if let Some(worker) = self.thread.front.worker_of(leg) {
                        self.hand_over(worker, Letter::News { leg, news });
                    }
                }
            }
        }
    }

    /// Gives a letter to a worker, which may be this one. Sound is lost if too much waits there, and a browser that
    /// has moved says so again; keys come once.
    pub(super) fn hand_over(&mut self, worker: usize, letter: Letter) {
        if worker == self.thread.index {
            return self.handle(letter);
        }
        let Some(mailbox) = self.thread.mailboxes.get(worker) else { return };
        match letter {
            Letter::News { news: News::Secured(_) | News::Lost(_), .. } => mailbox.post_always(letter),
            letter => drop(mailbox.post(letter)),
        }
    }

    /// Repeats what browsers have not answered, and forgets those that are gone.
    pub(super) fn look_after_browsers(&mut self) {
        if self.thread.front.door.is_empty() {
            return;
        }
        let (_, at) = self.thread.now_twice();
        self.thread.front.door.handle_timeout(at);
        self.tell_of_browsers();
        if self.ticks.is_multiple_of(SWEEP_EVERY) {
            self.thread.front.sweep();
        }
    }
}
