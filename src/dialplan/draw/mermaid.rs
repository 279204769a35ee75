//! A chart as Mermaid writes it; Mermaid lays it out itself.

use super::super::portrait::Kind;
use super::chart::{Card, Chart, Shape};

impl Chart {
    /// The chart as a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        let mut text = format!("%% {}\nflowchart TD\n", self.file.replace(['\n', '\r'], " "));
        for (at, card) in self.cards.iter().enumerate() {
            let (open, close) = brackets(card.shape);
            text += &format!("    n{at}{open}\"{}\"{close}:::{}\n", content(card), class(card.shape));
        }
        for arrow in &self.arrows {
            let by = arrow.ways.iter().map(|way| way.by.as_str()).collect::<Vec<_>>().join(", ");
            let by = if by.is_empty() { by } else { format!("|\"{}\"|", escaped(&by)) };
            text += &format!("    n{} -->{by} n{}\n", arrow.from, arrow.to);
        }
        text
    }
}

fn content(card: &Card) -> String {
    let verb = (!card.verb.is_empty()).then(|| format!("{} · <b>{}</b>", card.verb, escaped(&card.name)));
    let title = verb.unwrap_or_else(|| escaped(&card.name));
    let lines = card.lines.iter().map(|line| escaped(line));
    std::iter::once(title).chain(lines).collect::<Vec<_>>().join("<br/>")
}

fn brackets(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Numbers | Shape::End | Shape::Node(Kind::End) => ("([", "])"),
        Shape::Node(Kind::Sound) => ("(", ")"),
        Shape::Node(Kind::Act) => ("[", "]"),
        Shape::Node(Kind::Menu) => ("[/", "\\]"),
        Shape::Node(Kind::Choice) => ("{{", "}}"),
        Shape::Node(Kind::Queue) => ("[(", ")]"),
        Shape::Node(Kind::Dial) => ("[[", "]]"),
        Shape::Node(Kind::Record) => (">", "]"),
    }
}

fn class(shape: Shape) -> &'static str {
    match shape {
        Shape::Numbers => "numbers",
        Shape::End | Shape::Node(Kind::End) => "ending",
        Shape::Node(Kind::Sound) => "sound",
        Shape::Node(Kind::Act) => "act",
        Shape::Node(Kind::Menu) => "menu",
        Shape::Node(Kind::Choice) => "choice",
        Shape::Node(Kind::Queue) => "queue",
        Shape::Node(Kind::Dial) => "dial",
        Shape::Node(Kind::Record) => "record",
    }
}

/// Text inside quotes: what Mermaid or HTML might take for its own is written by number.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            letter if letter.is_control() => escaped.push(' '),
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '{' | '}' | '*' | '_' | ';' | '%' => {
                escaped += &format!("#{};", u32::from(letter));
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}
