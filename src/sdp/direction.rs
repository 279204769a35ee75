use serde::{Deserialize, Serialize};

/// Which way a stream flows, seen from whoever says it (RFC 8866 section 6.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Both ways; what a description without a direction means.
    #[default]
    SendRecv,
    /// The speaker sends and does not listen: a hold with music.
    SendOnly,
    /// The speaker listens and does not send.
    RecvOnly,
    /// Neither way; RTCP still flows.
    Inactive,
}

impl Direction {
    /// The direction of one who sends and receives as told.
    pub const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// The same stream seen from the other end.
    pub const fn reversed(self) -> Self {
        Self::of(self.receives(), self.sends())
    }

    /// Whether the speaker sends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the speaker receives.
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// What both of two wishes of the same speaker allow.
    pub const fn and(self, other: Self) -> Self {
        Self::of(self.sends() && other.sends(), self.receives() && other.receives())
    }

    /// The attribute's name in a description.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// The direction that an attribute names, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive]
            .into_iter()
            .find(|direction| direction.as_str().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Direction; 4] =
        [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];

    #[test]
    fn seen_from_the_other_end_twice_is_the_same() {
        assert_eq!(Direction::SendOnly.reversed(), Direction::RecvOnly);
        for direction in ALL {
            assert_eq!(direction.reversed().reversed(), direction);
            assert_eq!(Direction::parse(&direction.as_str().to_uppercase()), Some(direction));
        }
    }

    #[test]
    fn two_wishes_allow_only_what_both_allow() {
        assert_eq!(Direction::SendOnly.and(Direction::RecvOnly), Direction::Inactive);
        for direction in ALL {
            assert_eq!(direction.and(Direction::SendRecv), direction);
            assert_eq!(direction.and(Direction::Inactive), Direction::Inactive);
        }
    }
}
