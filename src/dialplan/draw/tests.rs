//! Nothing in a picture lies on anything else, and text fits its box.

use proptest::prelude::*;

use super::super::portrait::Kind;
use super::super::tests::{random::random_plan, world};
use super::super::{SourceFile, load};
use super::chart::{Arrow, Card, Chart, Shape, Way};
use super::layout::{Layout, Piece, Point, Rect, lay_out};
use super::shorten::shorten;
use super::size::{label, margins, places};
use super::text::Font;
use crate::entropy::Entropy;

/// Everything that takes room, with a name for the message.
fn boxes(layout: &Layout) -> Vec<(String, Rect)> {
    let cards = layout.cards.iter().enumerate().map(|(at, (rect, _))| (format!("card {at}"), *rect));
    let labels = layout.labels.iter().map(|(arrow, rect)| (format!("label {arrow}"), *rect));
    cards.chain(labels).collect()
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/// True if the point lies inside, not merely at the edge.
fn inside(point: Point, rect: &Rect) -> bool {
    let edge = 0.5;
    point.x > rect.x + edge
        && point.x < rect.x + rect.width - edge
        && point.y > rect.y + edge
        && point.y < rect.y + rect.height - edge
}

/// Points along a piece of a line, close together.
fn along(piece: &Piece) -> Vec<Point> {
    let steps = (0..=60).map(|step| f64::from(step) / 60.0);
    let at = |t: f64| match piece {
        Piece::Line(a, b) => Point { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t },
        Piece::Curve(points) => {
            let back = 1.0 - t;
            let weights = [back * back * back, 3.0 * back * back * t, 3.0 * back * t * t, t * t * t];
            let sum = |get: fn(&Point) -> f64| points.iter().zip(weights).map(|(p, w)| get(p) * w).sum();
            Point { x: sum(|p| p.x), y: sum(|p| p.y) }
        }
    };
    steps.map(at).collect()
}

/// What is wrong with the picture of a chart.
fn faults(chart: &Chart) -> Vec<String> {
    let chart = shorten(chart);
    let layout = lay_out(&chart);
    let boxes = boxes(&layout);
    let mut faults = Vec::new();
    for (at, (name, rect)) in boxes.iter().enumerate() {
        for (other, second) in &boxes[at + 1..] {
            if overlap(rect, second) {
                faults.push(format!("{name} lies on {other}: {rect:?} {second:?}"));
            }
        }
        if rect.x < 0.0
            || rect.y < 40.0
            || rect.x + rect.width > layout.width
            || rect.y + rect.height > layout.height
        {
            faults.push(format!("{name} leaves the page: {rect:?}"));
        }
    }
    for stroke in &layout.strokes {
        for point in stroke.pieces.iter().flat_map(along) {
            let met = boxes.iter().find(|(_, rect)| inside(point, rect));
            faults.extend(met.map(|(name, _)| format!("a line runs through {name} at {point:?}")));
        }
    }
    for (card, (rect, sized)) in chart.cards.iter().zip(&layout.cards) {
        let room = rect.width - 2.0 * margins(card.shape).0;
        let lines = sized.lines.iter().map(|line| (0.0, line.font.width(&line.text), line.baseline));
        let rows = sized
            .jumps
            .iter()
            .map(|row| (row.text - row.x, row.text - row.x + Font::LINE.width(&row.to), row.y + 18.0));
        for (least, width, bottom) in lines.chain(rows) {
            if least > width || width > room + 0.01 || bottom > rect.height - margins(card.shape).1 {
                faults.push(format!(
                    "text leaves its card: {card:?}, {width} in {room}, {bottom} in {}",
                    rect.height
                ));
            }
        }
    }
    for (arrow, rect) in &layout.labels {
        let ways = &chart.arrows[*arrow].ways;
        let ends = places(ways).last().map_or(0.0, |(x, width)| x + width);
        if ends > rect.width + 0.01 || label(ways) > rect.width + 0.01 {
            faults.push(format!("a label is wider than its room: {ways:?}"));
        }
    }
    faults
}

const WORDS: [&str; 8] = [
    "a",
    "main",
    "WWWWWWWWWWWWWW",
    "zůstaňte na lince",
    "営業時間",
    "very-long-name-of-a-node-that-goes-on",
    "<&>\"",
    "😀😀",
];
const KINDS: [Shape; 9] = [
    Shape::End,
    Shape::Node(Kind::Sound),
    Shape::Node(Kind::Menu),
    Shape::Node(Kind::Choice),
    Shape::Node(Kind::Queue),
    Shape::Node(Kind::Dial),
    Shape::Node(Kind::Record),
    Shape::Node(Kind::Act),
    Shape::Numbers,
];

/// A chart of random cards that lead anywhere, denser than any plan.
fn random_chart(entropy: &mut Entropy, most: u32) -> Chart {
    let mut pick = |count: usize| entropy.u32() as usize % count;
    let count = 1 + pick(most as usize);
    let cards = (0..count)
        .map(|_| {
            let shape = KINDS[pick(KINDS.len())];
            let is_node = matches!(shape, Shape::Node(_));
            let lines = (0..pick(5)).map(|_| format!("{} {}", WORDS[pick(8)], WORDS[pick(8)])).collect();
            let name = WORDS[pick(8)].to_owned();
            Card { shape, name, line: is_node.then_some(1), verb: "verb", lines, jumps: Vec::new() }
        })
        .collect();
    let mut arrows: Vec<Arrow> = Vec::new();
    for _ in 0..pick(2 * count + 1) {
        let (from, to) = (pick(count), pick(count));
        let ways = (0..pick(4)).map(|_| Way { by: WORDS[pick(2)].into(), key: pick(2) == 0 }).collect();
        if !arrows.iter().any(|arrow| (arrow.from, arrow.to) == (from, to)) {
            arrows.push(Arrow { from, to, ways });
        }
    }
    Chart { file: "random.toml".into(), cards, arrows }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_lies_on_anything_in_the_picture_of_any_plan(seed: u64) {
        let mut entropy = Entropy::from_number(seed);
        let text = random_plan(&mut entropy);
        if let Ok(plans) = load(vec![SourceFile::new("random.toml", &*text)], &world()) {
            let chart = plans.chart(&plans.plans()[0]);
            prop_assert_eq!(faults(&chart), Vec::<String>::new(), "{}", text);
        }
    }

    #[test]
    fn nothing_lies_on_anything_in_the_picture_of_any_chart(seed: u64) {
        let mut entropy = Entropy::from_number(seed);
        let chart = random_chart(&mut entropy, 30);
        prop_assert_eq!(faults(&chart), Vec::<String>::new());
    }
}

#[test]
fn a_large_chart_is_drawn_without_a_long_arrow() {
    let mut entropy = Entropy::from_number(7);
    let chart = random_chart(&mut entropy, 1);
    assert_eq!(shorten(&chart), chart, "a small chart keeps its arrows");
    let node = |name: String| Card {
        name,
        line: Some(1),
        shape: Shape::Node(Kind::Sound),
        ..chart.cards[0].clone()
    };
    let cards: Vec<Card> = (0..80).map(|at| node(format!("node {at}"))).collect();
    let on = (0..79).map(|at| Arrow { from: at, to: at + 1, ways: Vec::new() });
    let to_the_last =
        (0..70).map(|at| Arrow { from: at, to: 79, ways: vec![Way { by: "0".into(), key: true }] });
    let back = (10..20).map(|at| Arrow { from: at, to: at - 10, ways: Vec::new() });
    let large = Chart { file: String::new(), cards, arrows: on.chain(to_the_last).chain(back).collect() };
    assert_eq!(faults(&large), Vec::<String>::new());
    let jumps: usize = shorten(&large).cards.iter().map(|card| card.jumps.len()).sum();
    assert_eq!(jumps, 80, "70 to the last, which one arrow leads to, and 10 back");
}

#[test]
fn text_is_cut_and_broken_to_fit() {
    let font = Font::LINE;
    assert_eq!(font.cut("short", 100.0), "short");
    let cut = font.cut("a name that is much longer than its room", 100.0);
    assert!(cut.ends_with('…') && font.width(&cut) <= 100.0, "{cut}");
    let lines = font.wrap("these words stand on two lines and what is left over is cut", 120.0, 2);
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("these words") && lines[1].ends_with('…'), "{lines:?}");
    assert!(lines.iter().all(|line| font.width(line) <= 120.0));
}
