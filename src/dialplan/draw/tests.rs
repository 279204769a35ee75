//! Nothing in a picture lies on anything else, and text fits its box.

use proptest::prelude::*;

use super::super::portrait::Kind;
use super::super::tests::{random::random_plan, world};
use super::super::{SourceFile, load};
use super::chart::{Arrow, Card, Chart, Shape, Way};
use super::layout::{Layout, Piece, Point, Rect, lay_out};
use super::shorten::shorten;
use super::size::{anchor, foot, label, margins, places};
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
    // A line meets a card at its foot, which may lie above the bottom of its rectangle.
    let meets = |at: usize, point: Point, rect: &Rect| {
        let foot = chart.cards.get(at).map_or(0.0, |card| foot(card.shape, rect.width, point.x - rect.x));
        inside(point, &Rect { height: rect.height - foot, ..*rect })
    };
    for stroke in &layout.strokes {
        for point in stroke.pieces.iter().flat_map(along) {
            let met = boxes.iter().enumerate().find(|(at, (_, rect))| meets(*at, point, rect));
            let met = met.map(|(_, named)| named);
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

/// A chart of these arrows between as many cards of a kind.
fn chart_of(shape: Shape, arrows: &[(usize, usize)]) -> Chart {
    let count = arrows.iter().map(|(from, to)| 1 + from.max(to)).max().unwrap_or(1);
    let card = |at: usize| Card {
        shape,
        name: format!("card {at}"),
        line: Some(1),
        verb: "verb",
        lines: Vec::new(),
        jumps: Vec::new(),
    };
    let arrow = |(from, to): &(usize, usize)| Arrow { from: *from, to: *to, ways: Vec::new() };
    let arrows = arrows.iter().map(arrow).collect();
    Chart { file: String::new(), cards: (0..count).map(card).collect(), arrows }
}

#[test]
fn a_line_begins_at_the_wave_of_a_recording() {
    for width in [60.0, 84.0, 120.0] {
        let at = |x: f64| foot(Shape::Node(Kind::Record), width, x);
        // The path of the drawing: the middle and the ends lie as high, the left half below and the right above.
        assert_eq!((at(0.0), at(width / 2.0), at(width)), (6.0, 6.0, 6.0));
        assert_eq!((at(width / 4.0), at(width * 0.75)), (1.5, 10.5));
    }
    let layout = lay_out(&chart_of(Shape::Node(Kind::Record), &[(0, 1)]));
    let (rect, _) = &layout.cards[0];
    let Piece::Line(start, _) = layout.strokes[0].pieces[0] else { panic!("{:?}", layout.strokes[0]) };
    assert_eq!(start.y, rect.y + rect.height - 6.0, "in the middle");
    assert_eq!(foot(Shape::Node(Kind::Queue), 100.0, 20.0), 0.0);
}

#[test]
fn a_line_meets_a_label_in_the_middle_of_its_keys() {
    let way = |by: &str, key| Way { by: by.into(), key };
    let keys = [way("1", true), way("2", true), way("else", false)];
    let places = places(&keys);
    assert_eq!(anchor(&keys), (places[0].0 + places[1].0 + places[1].1) / 2.0);
    assert_eq!(anchor(&keys[1..]), places[0].1 / 2.0, "of the only key");
    assert_eq!(anchor(&keys[2..]), label(&keys[2..]) / 2.0, "of words alone");
}

/// The places of a stroke at which it goes to the side by half of its way.
fn side_step(stroke: &super::layout::Stroke) -> Option<(f64, f64)> {
    let curve = stroke.pieces.iter().find(|piece| matches!(piece, Piece::Curve(_)))?;
    let points = along(curve);
    let (first, last) = (points[0], points[points.len() - 1]);
    let middle = (first.x + last.x) / 2.0;
    let at = points.iter().min_by(|a, b| (a.x - middle).abs().total_cmp(&(b.x - middle).abs()))?;
    Some(((first.x - last.x).abs(), at.y))
}

#[test]
fn of_two_lines_that_cross_the_longer_goes_to_the_side_below_the_shorter() {
    // Every card of the upper row leads to both ends of the lower one.
    let arrows = [(0, 1), (0, 2), (0, 3), (1, 4), (1, 6), (2, 5), (2, 4), (3, 4), (3, 5), (3, 6)];
    let chart = chart_of(Shape::Node(Kind::Sound), &arrows);
    assert_eq!(faults(&chart), Vec::<String>::new());
    let layout = lay_out(&chart);
    let (bottom, top) = (layout.cards[1].0.y + layout.cards[1].0.height, layout.cards[4].0.y);
    let steps: Vec<(f64, f64)> =
        layout.strokes.iter().filter_map(side_step).filter(|(_, y)| *y > bottom && *y < top).collect();
    let farthest = steps.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    let nearest = steps.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    assert!(farthest.1 > nearest.1 + 5.0, "{steps:?}");
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
