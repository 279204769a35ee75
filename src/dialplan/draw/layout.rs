//! Where everything of a chart stands, and the lines of its arrows.

use super::chart::Chart;
use super::layers::{LOOP, Layered, What, layer};
use super::order::order;
use super::place::place;
use super::size::{LABEL_HEIGHT, Sized, card, foot, label};

/// Around the whole picture.
const MARGIN: f64 = 24.0;
/// For the title.
const TOP: f64 = 52.0;
/// The least between two layers; what goes far to the side needs more.
const GAP: f64 = 18.0;
const WIDE_GAP: f64 = 60.0;
/// Between the ends of arrows at a card, and from a corner of the card.
const PORT: f64 = 14.0;
const CORNER: f64 = 18.0;
/// How long an arrow's head is.
pub(super) const HEAD: f64 = 7.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece {
    Line(Point, Point),
    /// From the first point to the last, drawn to the two between (a cubic Bézier curve).
    Curve([Point; 4]),
}

/// A stretch of one or more arrows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stroke {
    pub pieces: Vec<Piece>,
    pub back: bool,
    /// Where an arrow ends.
    pub head: Option<Head>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    pub tip: Point,
    pub points: Direction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Down,
    Up,
    Left,
}

/// A chart with a place for everything.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub width: f64,
    pub height: f64,
    pub cards: Vec<(Rect, Sized)>,
    /// The labels with the number of their arrow.
    pub labels: Vec<(usize, Rect)>,
    pub strokes: Vec<Stroke>,
}

/// Lays a chart out.
pub(super) fn lay_out(chart: &Chart) -> Layout {
    let sizes: Vec<Sized> = chart.cards.iter().map(card).collect();
    let mut layered = layer(chart, &sizes);
    order(&mut layered);
    let x: Vec<f64> = place(&layered).into_iter().map(|x| x + MARGIN).collect();
    let rows = Rows::of(&layered, &x);
    let right = layered.items.iter().zip(&x).map(|(item, x)| x + item.right).fold(0.0, f64::max);
    let mut layout = Layout {
        width: right + MARGIN,
        height: rows.ends.last().copied().unwrap_or(TOP) + MARGIN,
        cards: Vec::new(),
        labels: Vec::new(),
        strokes: Vec::new(),
    };
    for (at, size) in sizes.into_iter().enumerate() {
        // Cards are the first items, in their order.
        let rect = Rect { x: x[at] - size.width / 2.0, y: rows.tops[rows.row[at]], ..size.rect() };
        layout.cards.push((rect, size));
    }
    for (at, item) in layered.items.iter().enumerate() {
        let (top, bottom) = rows.span(at);
        match item.what {
            What::Label(arrow) => {
                let width = item.left + item.right;
                let rect = Rect { x: x[at] - item.left, y: top, width, height: item.height };
                layout.labels.push((arrow, rect));
            }
            What::Bend if bottom > top => {
                let back = layered.links.iter().any(|link| link.lower == at && link.back);
                let line = Piece::Line(Point { x: x[at], y: top }, Point { x: x[at], y: bottom });
                layout.strokes.push(Stroke { pieces: vec![line], back, head: None });
            }
            What::Bend | What::Card(_) => {}
        }
    }
    layout.link(chart, &layered, &x, &rows);
    layout.lead_to_themselves(chart);
    layout
}

impl Sized {
    fn rect(&self) -> Rect {
        Rect { x: 0.0, y: 0.0, width: self.width, height: self.height }
    }
}

/// How far down each layer begins and ends.
struct Rows {
    tops: Vec<f64>,
    ends: Vec<f64>,
    /// The layer of each item.
    row: Vec<usize>,
}

impl Rows {
    fn of(layered: &Layered, x: &[f64]) -> Self {
        let mut row = vec![0; layered.items.len()];
        for (at, layer) in layered.layers.iter().enumerate() {
            layer.iter().for_each(|item| row[*item] = at);
        }
        let mut aside = vec![0.0f64; layered.layers.len()];
        for link in &layered.links {
            let far = &mut aside[row[link.lower]];
            *far = far.max((x[link.upper] - x[link.lower]).abs());
        }
        let (mut tops, mut ends, mut y) = (Vec::new(), Vec::new(), TOP);
        for (layer, aside) in layered.layers.iter().zip(&aside) {
            if !tops.is_empty() {
                y += GAP + (aside * 0.07).min(WIDE_GAP - GAP);
            }
            tops.push(y);
            y += layer.iter().map(|item| layered.items[*item].height).fold(0.0, f64::max);
            ends.push(y);
        }
        Self { tops, ends, row }
    }

    fn span(&self, item: usize) -> (f64, f64) {
        (self.tops[self.row[item]], self.ends[self.row[item]])
    }
}

impl Layout {
    /// Draws the stretches between the layers.
    fn link(&mut self, chart: &Chart, layered: &Layered, x: &[f64], rows: &Rows) {
        let leaving = self.ports(layered, x, true);
        let arriving = self.ports(layered, x, false);
        let turns = turns(layered, rows, &leaving, &arriving);
        for (at, link) in layered.links.iter().enumerate() {
            let from = Point { x: leaving[at], y: rows.span(link.upper).1 };
            let to = Point { x: arriving[at], y: rows.span(link.lower).0 };
            let is_card = |item: usize| matches!(layered.items[item].what, What::Card(_));
            let mut stroke = Stroke { pieces: Vec::new(), back: link.back, head: None };
            let (mut start, mut end) = (from, to);
            if is_card(link.upper) {
                let (rect, _) = &self.cards[link.upper];
                let foot = foot(chart.cards[link.upper].shape, rect.width, from.x - rect.x);
                let bottom = Point { x: from.x, y: rect.y + rect.height - foot };
                let mut above = bottom;
                if link.back {
                    stroke.head = Some(Head { tip: bottom, points: Direction::Up });
                    above.y += HEAD;
                    start.y = start.y.max(above.y);
                }
                if above.y < start.y {
                    stroke.pieces.push(Piece::Line(above, start));
                }
            }
            if is_card(link.lower) && !link.back {
                stroke.head = Some(Head { tip: to, points: Direction::Down });
                end.y -= HEAD;
            }
            stroke.pieces.push(between(start, end, turns[at]));
            self.strokes.push(stroke);
        }
    }

    /// Where each link meets its card: below or above where it goes, and apart from the others. What
    /// is no card is met in its middle.
    fn ports(&self, layered: &Layered, x: &[f64], leaving: bool) -> Vec<f64> {
        let ends = |at: usize| {
            let link = &layered.links[at];
            if leaving { (link.upper, link.lower) } else { (link.lower, link.upper) }
        };
        let mut ports: Vec<f64> = (0..layered.links.len()).map(|at| x[ends(at).0]).collect();
        for (card, (rect, _)) in self.cards.iter().enumerate() {
            let mut links: Vec<usize> = (0..ports.len()).filter(|at| ends(*at).0 == card).collect();
            links.sort_by(|a, b| x[ends(*a).1].total_cmp(&x[ends(*b).1]));
            let gaps = links.len().saturating_sub(1) as f64;
            let corner = CORNER.min(rect.width / 4.0);
            let room = rect.width - 2.0 * corner;
            let apart = if gaps > 0.0 { PORT.min(room / gaps) } else { 0.0 };
            let (left, right) = (rect.x + corner, rect.x + rect.width - corner);
            let mut least = left;
            for (turn, at) in links.iter().enumerate() {
                let most = right - apart * (gaps - turn as f64);
                ports[*at] = x[ends(*at).1].clamp(least.min(most), most);
                least = ports[*at] + apart;
            }
        }
        ports
    }

    /// Draws the arrows from cards to themselves, on their right.
    fn lead_to_themselves(&mut self, chart: &Chart) {
        for (at, arrow) in chart.arrows.iter().enumerate().filter(|(_, arrow)| arrow.from == arrow.to) {
            let (rect, _) = &self.cards[arrow.from];
            let right = rect.x + rect.width;
            let middle = rect.y + rect.height / 2.0;
            let (above, below) = (middle - 10.0, middle + 10.0);
            let far = right + LOOP * 1.2;
            let point = |x: f64, y: f64| Point { x, y };
            let curve = Piece::Curve([
                point(right, above),
                point(far, above - 4.0),
                point(far, below + 4.0),
                point(right + HEAD, below),
            ]);
            let head = Some(Head { tip: point(right, below), points: Direction::Left });
            let width = label(&arrow.ways);
            let label = Rect { x: right + LOOP, y: middle - LABEL_HEIGHT / 2.0, width, height: LABEL_HEIGHT };
            self.strokes.push(Stroke { pieces: vec![curve], back: true, head });
            if width > 0.0 {
                self.labels.push((at, label));
            }
        }
    }
}

/// Where on its way down a link goes to the side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Early,
    Midway,
    Late,
}

/// Of two links that cross, the one that goes farther to the side does so below the other, which is on its way
/// straight down by then: where both turned midway, they would run along each other.
fn turns(layered: &Layered, rows: &Rows, leaving: &[f64], arriving: &[f64]) -> Vec<Turn> {
    let aside = |at: usize| (leaving[at] - arriving[at]).abs();
    let row = |at: usize| rows.row[layered.links[at].lower];
    let turn = |at: usize| {
        let crosses = |other: &usize| {
            let sides = (leaving[at] - leaving[*other]) * (arriving[at] - arriving[*other]);
            row(at) == row(*other) && sides < 0.0
        };
        let crossed: Vec<usize> = (0..layered.links.len()).filter(crosses).collect();
        let is_shorter = crossed.iter().any(|other| aside(at) < aside(*other));
        let is_longer = crossed.iter().any(|other| aside(at) > aside(*other));
        match (is_shorter, is_longer) {
            (true, false) => Turn::Early,
            (false, true) => Turn::Late,
            _ => Turn::Midway,
        }
    };
    (0..layered.links.len()).map(turn).collect()
}

/// A line that leaves and arrives straight, whatever lies between.
fn between(from: Point, to: Point, turn: Turn) -> Piece {
    if (from.x - to.x).abs() < 0.5 {
        return Piece::Line(from, Point { x: from.x, y: to.y });
    }
    let (before, after) = match turn {
        Turn::Early => (0.2, 0.85),
        Turn::Midway => (0.55, 0.55),
        Turn::Late => (0.85, 0.2),
    };
    let height = to.y - from.y;
    let first = Point { x: from.x, y: from.y + height * before };
    let second = Point { x: to.x, y: to.y - height * after };
    Piece::Curve([from, first, second, to])
}
