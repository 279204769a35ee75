//! One table of what was measured, and whether it is as it should be.

use serde::Serialize;
use serde_json::{Value, json};

use crate::stats::median;

/// A figure of hovor's, beside a peer's.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// `media, 100 calls`.
    pub work: String,
    /// What was measured, with its unit.
    pub figure: &'static str,
    pub hovor: f64,
    /// Whom it is compared with, and the peer's figure.
    pub peer: Option<(&'static str, f64)>,
    pub limit: Option<Limit>,
}

/// How large it may be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// hovor's figure at most.
    Value(f64),
    /// Its ratio to the peer's at most.
    Ratio(f64),
}

impl Finding {
    /// The medians of runs that took turns.
    pub fn of(work: impl Into<String>, figure: &'static str, hovor: &[f64]) -> Self {
        let hovor = median(hovor.iter().copied());
        Self { work: work.into(), figure, hovor, peer: None, limit: None }
    }

    /// Beside a peer, if it was measured.
    pub fn beside(mut self, name: &'static str, peer: &[f64]) -> Self {
        self.peer = (!peer.is_empty()).then(|| (name, median(peer.iter().copied())));
        self
    }

    pub fn at_most(self, value: f64) -> Self {
        Self { limit: Some(Limit::Value(value)), ..self }
    }

    pub fn at_most_times(self, ratio: f64) -> Self {
        Self { limit: Some(Limit::Ratio(ratio)), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        let (_, peer) = self.peer.filter(|(_, peer)| *peer > 0.0)?;
        Some(self.hovor / peer)
    }

    /// Whether it is within its limit.
    fn is_met(&self) -> Option<bool> {
        match self.limit? {
            Limit::Value(limit) => Some(self.hovor <= limit),
            Limit::Ratio(limit) => Some(self.ratio()? <= limit),
        }
    }

    fn cells(&self) -> [String; 7] {
        let peer = self.peer.map(|(name, value)| format!("{} ({name})", shown(value)));
        let limit = self.limit.map(|limit| match limit {
            Limit::Value(limit) => shown(limit),
            Limit::Ratio(limit) => format!("× {limit}"),
        });
        let met = self.is_met().map(|met| if met { "met" } else { "MISSED" });
        [
            self.work.clone(),
            self.figure.to_owned(),
            shown(self.hovor),
            peer.unwrap_or_default(),
            self.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            limit.unwrap_or_default(),
            met.unwrap_or_default().to_owned(),
        ]
    }
}

/// Everything that a run found.
#[derive(Default)]
pub struct Report {
    pub findings: Vec<Finding>,
    /// Every single measurement, with all that is known of it.
    pub runs: Vec<Value>,
}

impl Report {
    pub fn note(&mut self, work: &str, subject: &str, size: u32, run: impl Serialize) {
        let run = json!({ "work": work, "subject": subject, "size": size, "run": run });
        eprintln!("{run}");
        self.runs.push(run);
    }

    pub fn table(&self) -> String {
        let head = ["work", "figure", "hovor", "peer", "ratio", "at most", ""].map(str::to_owned);
        let rows: Vec<[String; 7]> =
            std::iter::once(head).chain(self.findings.iter().map(Finding::cells)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..7).map(width).collect();
        let line = |row: &[String; 7]| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub fn json(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                let mut value = json!(finding);
                value["ratio"] = json!(finding.ratio());
                value["met"] = json!(finding.is_met());
                value
            })
            .collect();
        json!({ "findings": findings, "runs": self.runs })
    }
}

fn shown(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
