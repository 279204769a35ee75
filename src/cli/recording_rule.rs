//! The options by which groups and numbers say what is recorded.

use clap::Args;

use crate::store::{RecordingBegins, RecordingLayout, RecordingMode, RecordingRule, StoreError};

/// What is said of recording. All of it is said at once: what is left out is as usual.
#[derive(Args, Clone, Debug)]
pub struct Recorded {
    /// Whether conversations are recorded: on, off, or unsaid
    #[arg(long, value_name = "WORD", value_parser = ["on", "off", "unsaid"])]
    record: Option<String>,
    /// Which files a recording has: stereo, or per_party for a mono one each [default: stereo]
    #[arg(long, value_name = "LAYOUT", requires = "record", value_parser = layout)]
    record_layout: Option<RecordingLayout>,
    /// The prompt that says so to the client: recorded [default: none]
    #[arg(long, value_name = "SOUND", requires = "record")]
    record_announcement: Option<String>,
    /// Recording begins with the conversation, not after the announcement
    #[arg(long, requires = "record_announcement")]
    record_at_once: bool,
    /// After how many days recordings are removed [default: never]
    #[arg(long, value_name = "DAYS", requires = "record")]
    record_keep_days: Option<u32>,
}

impl Recorded {
    /// The rule, if anything is said: none to say nothing any more.
    pub fn rule(self) -> Option<Option<RecordingRule>> {
        let mode = match self.record?.as_str() {
            "on" => RecordingMode::On,
            "off" => RecordingMode::Off,
            _ => return Some(None),
        };
        Some(Some(RecordingRule {
            mode,
            layout: self.record_layout.unwrap_or_default(),
            announcement: self.record_announcement,
            begins: if self.record_at_once { RecordingBegins::AtOnce } else { RecordingBegins::Announced },
            keep_days: self.record_keep_days,
        }))
    }
}

fn layout(text: &str) -> Result<RecordingLayout, String> {
    text.parse().map_err(|error: StoreError| error.to_string())
}
