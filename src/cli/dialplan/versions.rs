//! `hovor dialplan status|reload|history|diff|rollback`: the dialplan files of the running program.

use clap::Args;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::api::dialplans::{DialplanView, DiffView, FaultView, Rollback as Order, VersionView};
use crate::cli::Outcome;
use crate::cli::client::{Connection, url};
use crate::cli::table::{Column, moment, table};

/// Which files are in force, and why those on the disk are not; the exit code is 1 if they are not
#[derive(Args, Debug)]
pub struct Status {
    #[command(flatten)]
    connection: Connection,
}

/// Read the files now, without waiting until they rest; the exit code is 1 if they are refused
#[derive(Args, Debug)]
pub struct Reload {
    #[command(flatten)]
    connection: Connection,
}

/// List the last twenty versions, the newest first
#[derive(Args, Debug)]
pub struct History {
    #[command(flatten)]
    connection: Connection,
}

/// Show what is different between two versions; without any, what an edit changes
#[derive(Args, Debug)]
pub struct Diff {
    /// A version's number, `disk` or `force`; what is in force if left out, or the version before it
    from: Option<String>,
    /// A version's number, `disk` or `force`; the files on the disk if left out
    to: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// Write an earlier version back to the dialplan folder and put it in force
#[derive(Args, Debug)]
pub struct Rollback {
    /// Its number. If left out: the version in force where the files on the disk are refused, else the one
    /// before it
    version: Option<u64>,
    #[command(flatten)]
    connection: Connection,
}

impl Status {
    /// Runs the command.
    pub async fn run(self) -> Result<Outcome, String> {
        let view = self.connection.control()?.ask(Method::GET, at(&[])?, None::<&()>).await?;
        standing(&view, self.connection.json)
    }
}

impl Reload {
    /// Runs the command.
    pub async fn run(self) -> Result<Outcome, String> {
        let view = self.connection.control()?.ask(Method::POST, at(&["reload"])?, None::<&()>).await?;
        standing(&view, self.connection.json)
    }
}

impl Rollback {
    /// Runs the command.
    pub async fn run(self) -> Result<Outcome, String> {
        let order = Order { version: self.version };
        let view = self.connection.control()?.ask(Method::POST, at(&["rollback"])?, Some(&order)).await?;
        standing(&view, self.connection.json)
    }
}

impl History {
    /// Runs the command.
    pub async fn run(self) -> Result<Outcome, String> {
        let control = self.connection.control()?;
        let versions: Vec<VersionView> = control.ask(Method::GET, at(&["versions"])?, None::<&()>).await?;
        let text = match self.connection.json {
            true => pretty(&versions)?,
            false if versions.is_empty() => "no dialplan files were in force yet".to_owned(),
            false => listed(&versions),
        };
        Ok(Outcome::good(text))
    }
}

impl Diff {
    /// Runs the command.
    pub async fn run(self) -> Result<Outcome, String> {
        let mut url = at(&["diff"])?;
        for (name, value) in [("from", &self.from), ("to", &self.to)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        let diff: DiffView = self.connection.control()?.ask(Method::GET, url, None::<&()>).await?;
        let text = match self.connection.json {
            true => pretty(&diff)?,
            false if diff.files.is_empty() => format!("no difference: {} and {}", diff.from, diff.to),
            false => {
                let texts: Vec<_> = diff.files.iter().map(|file| file.text.trim_end().to_owned()).collect();
                texts.join("\n")
            }
        };
        Ok(Outcome::good(text))
    }
}

fn at(segments: &[&str]) -> Result<Url, String> {
    url(&[&["api", "v1", "dialplans"][..], segments].concat(), None)
}

fn pretty(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

fn standing(view: &DialplanView, json: bool) -> Result<Outcome, String> {
    let text = if json { pretty(view)? } else { told(view) };
    Ok(match view.refused_at {
        None => Outcome::good(text),
        Some(_) => Outcome::bad(text),
    })
}

fn told(view: &DialplanView) -> String {
    let mut text = match (view.version, view.in_force_at, &view.origin) {
        (Some(version), Some(since), Some(origin)) => {
            format!("version {version} is in force since {} ({origin})", moment(since.0))
        }
        _ => "no version is in force".to_owned(),
    };
    let listed = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    text += &format!("\nfiles:   {}\nnumbers: {}", listed(&view.files), listed(&view.numbers));
    let how = match view.watched_by.as_str() {
        "events" => "watched",
        _ => "looked at every two seconds",
    };
    text += &format!("\nfolder:  {}, {how}", view.folder);
    let pictures = |faults: &[FaultView]| {
        let pictures: Vec<_> = faults.iter().map(|fault| fault.picture.trim_end().to_owned()).collect();
        pictures.join("\n")
    };
    if !view.warnings.is_empty() {
        text += &format!("\n\n{}", pictures(&view.warnings));
    }
    if let Some(since) = view.refused_at {
        let since = moment(since.0);
        text += &format!(
            "\n\nTHE FILES ON THE DISK ARE NOT IN FORCE since {since}:\n{}",
            pictures(&view.problems)
        );
    }
    text
}

const COLUMNS: &[Column] = &[
    ("version", "version"),
    ("kept", "kept_at"),
    ("from", "origin"),
    ("files", "files"),
    ("changes", "changes"),
];

fn listed(versions: &[VersionView]) -> String {
    let rows: Vec<Value> = versions.iter().map(row).collect();
    table(COLUMNS, &rows)
}

fn row(version: &VersionView) -> Value {
    let marks = [("+", &version.added), ("", &version.changed), ("-", &version.removed)];
    let changes =
        marks.iter().flat_map(|(mark, files)| files.iter().map(move |file| format!("{mark}{file}")));
    let mark = if version.in_force { " (in force)" } else { "" };
    json!({
        "version": format!("{}{mark}", version.version),
        "kept_at": version.kept_at,
        "origin": version.origin,
        "files": version.files,
        "changes": changes.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::UnixMs;

    #[test]
    fn the_history_shows_where_each_version_came_from_and_what_it_changed() {
        let version = |version, origin: &str, in_force| VersionView {
            version,
            kept_at: UnixMs(1_700_000_000_123),
            origin: origin.into(),
            hash: String::new(),
            files: 2,
            added: vec!["c.toml".into()],
            changed: vec!["a.toml".into()],
            removed: vec!["b.toml".into()],
            in_force,
        };
        assert_eq!(
            listed(&[version(12, "rollback to 4", true), version(11, "edit", false)]),
            "version        kept                  from           files  changes\n\
             12 (in force)  2023-11-14T22:13:20Z  rollback to 4  2      +c.toml, a.toml, -b.toml\n\
             11             2023-11-14T22:13:20Z  edit           2      +c.toml, a.toml, -b.toml"
        );
    }

    #[test]
    fn refused_files_are_no_success_and_their_faults_are_shown() {
        let fault = FaultView {
            severity: "error".into(),
            file: "a.toml".into(),
            line: 3,
            column: 1,
            what: "wrong".into(),
            help: None,
            picture: "Error: wrong\n".into(),
        };
        let view = DialplanView {
            version: Some(3),
            origin: Some("edit".into()),
            in_force_at: Some(UnixMs(0)),
            numbers: vec!["100".into()],
            refused_at: Some(UnixMs(1_000)),
            problems: vec![fault],
            folder: "/srv/dialplans".into(),
            watched_by: "events".into(),
            ..DialplanView::default()
        };
        assert!(!standing(&view, false).unwrap().is_good());
        assert_eq!(
            told(&view),
            "version 3 is in force since 1970-01-01T00:00:00Z (edit)\nfiles:   none\nnumbers: 100\nfolder:  \
             /srv/dialplans, watched\n\nTHE FILES ON THE DISK ARE NOT IN FORCE since 1970-01-01T00:00:01Z:\nError: wrong"
        );
        assert!(standing(&DialplanView::default(), true).unwrap().is_good());
    }
}
