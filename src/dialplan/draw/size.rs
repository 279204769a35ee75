//! How much room a card and the label of an arrow take.

use super::super::portrait::Kind;
use super::chart::{Card, Jump, Shape, Way};
use super::text::Font;

/// No text of a card is wider than this.
const WIDEST: f64 = 200.0;
/// Lines that a card has room for, below its name: all that a queue has to say.
const LINES: usize = 6;
/// From one way that is written in a card to the next, and from the text to the first.
const ROW: f64 = 22.0;
const ROW_GAP: f64 = 4.0;
const LEAST_WIDTH: f64 = 84.0;
pub(super) const LABEL_HEIGHT: f64 = 18.0;
/// Between the ways that a label names.
const LABEL_GAP: f64 = 4.0;
/// The wave at the foot of a recording: how far above the bottom it begins, and how far the curve is drawn aside.
pub(super) const WAVE_ABOVE: f64 = 6.0;
pub(super) const WAVE: f64 = 9.0;
/// Between the text of a keycap or a label and its edge.
const LABEL_PAD: f64 = 5.0;

/// A line of text in a card: its middle is the middle of the card.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub text: String,
    pub font: Font,
    /// The baseline, from the top of the card.
    pub baseline: f64,
}

/// A card's room and texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sized {
    pub width: f64,
    pub height: f64,
    pub lines: Vec<Line>,
    pub jumps: Vec<Row>,
}

/// A way that is written in the card: its keys, then where it leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub ways: Vec<Way>,
    /// Where it leads, cut to its room.
    pub to: String,
    /// From the left and the top of the card.
    pub x: f64,
    pub y: f64,
    /// Where the text begins, from the left of the card.
    pub text: f64,
}

/// What a shape takes beside its text: to each side, and at the bottom.
pub(super) fn margins(shape: Shape) -> (f64, f64) {
    match shape {
        Shape::Numbers | Shape::End => (12.0, 0.0),
        Shape::Node(Kind::Choice) => (20.0, 0.0),
        Shape::Node(Kind::Menu | Kind::Dial) => (16.0, 0.0),
        Shape::Node(Kind::Queue) => (12.0, 4.0),
        Shape::Node(Kind::Record) => (12.0, 8.0),
        Shape::Node(Kind::Sound | Kind::Act | Kind::End) => (12.0, 0.0),
    }
}

pub(super) fn card(card: &Card) -> Sized {
    let mut lines: Vec<Line> = Vec::new();
    let mut y = 0.0;
    let mut add = |text: String, font: Font, step: f64| {
        y += step;
        lines.push(Line { text, font, baseline: y });
    };
    let (side, bottom) = margins(card.shape);
    if card.line.is_none() {
        let font = if card.shape == Shape::Numbers { Font::NAME } else { Font::LINE };
        for text in font.wrap(&card.name, WIDEST, 2) {
            add(text, font, 18.0);
        }
    } else {
        add(card.verb.to_owned(), Font::VERB, 16.0);
        add(Font::NAME.cut(&card.name, WIDEST), Font::NAME, 15.0);
        let wrapped = card.lines.iter().flat_map(|line| Font::LINE.wrap(line, WIDEST, 2));
        for (at, text) in wrapped.take(LINES).enumerate() {
            add(text, Font::LINE, if at == 0 { 17.0 } else { 14.0 });
        }
    }
    let jumps: Vec<Row> = card.jumps.iter().map(row).collect();
    let row_width = |row: &Row| row.text + Font::LINE.width(&row.to);
    let rows = jumps.iter().map(row_width).fold(0.0, f64::max);
    let text = lines.iter().map(|line| line.font.width(&line.text)).fold(0.0, f64::max);
    let least = if card.line.is_none() { 0.0 } else { LEAST_WIDTH };
    let width = (text.max(rows) + 2.0 * side).max(least).ceil();
    let mut sized = Sized { width, height: y + 9.0 + bottom, lines, jumps };
    let left = ((width - rows) / 2.0).max(side);
    let top = if sized.jumps.is_empty() { 0.0 } else { ROW_GAP };
    for (at, row) in sized.jumps.iter_mut().enumerate() {
        row.x = left;
        row.text += left;
        row.y = y + 8.0 + top + at as f64 * ROW;
    }
    sized.height += top + sized.jumps.len() as f64 * ROW;
    sized
}

/// A jump as a row that begins at the left and the top.
fn row(jump: &Jump) -> Row {
    let keys = label(&jump.ways);
    let text = if keys > 0.0 { keys + 6.0 } else { 0.0 };
    let to = Font::LINE.cut(&format!("→ {}", jump.to), WIDEST - text.min(WIDEST / 3.0));
    Row { ways: jump.ways.clone(), to, x: 0.0, y: 0.0, text }
}

/// The room of one way in a label.
pub(super) fn way(way: &Way) -> f64 {
    let font = if way.key { Font::KEY } else { Font::LABEL };
    (font.width(&way.by) + 2.0 * LABEL_PAD).max(LABEL_HEIGHT)
}

/// The room of a label; nothing if there is nothing to say.
pub(super) fn label(ways: &[Way]) -> f64 {
    let gaps = LABEL_GAP * ways.len().saturating_sub(1) as f64;
    ways.iter().map(way).sum::<f64>() + gaps
}

/// Where the line of the arrow meets a label, from the label's left end: in the middle of its keys, if it has any,
/// since a line that ends at the edge of a key would seem to belong to that one.
pub(super) fn anchor(ways: &[Way]) -> f64 {
    let places = places(ways);
    let mut keys = places.iter().zip(ways).filter(|(_, way)| way.key).map(|(place, _)| place);
    match (keys.next(), keys.next_back()) {
        (Some((left, _)), Some((last, width))) => (left + last + width) / 2.0,
        (Some((left, width)), None) => left + width / 2.0,
        (None, _) => label(ways) / 2.0,
    }
}

/// How far above the bottom of its rectangle a card ends, so much to the right of its left side: the sheet of a
/// recording is wavy.
pub(super) fn foot(shape: Shape, width: f64, x: f64) -> f64 {
    let Shape::Node(Kind::Record) = shape else { return 0.0 };
    let half = (width / 2.0).max(1.0);
    let (along, rises) = if x < half { (x / half, false) } else { (x / half - 1.0, true) };
    let wave = 2.0 * WAVE * along * (1.0 - along);
    WAVE_ABOVE + if rises { wave } else { -wave }
}

/// Where each way of a label stands, from the label's left end: its left end and its width.
pub(super) fn places(ways: &[Way]) -> Vec<(f64, f64)> {
    let mut x = 0.0;
    let mut places = Vec::new();
    for one in ways {
        let width = way(one);
        places.push((x, width));
        x += width + LABEL_GAP;
    }
    places
}
