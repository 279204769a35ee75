//! A chart as SVG, readable on light and dark pages.

use super::super::portrait::Kind;
use super::chart::{Card, Chart, Shape, Way};
use super::layout::{Direction, HEAD, Head, Piece, Rect, Stroke, lay_out};
use super::shorten::shorten;
use super::size::{LABEL_HEIGHT, Sized, WAVE, WAVE_ABOVE, places};

/// Colours of each class: what fills it, its outline, its text; first on a light page, then on a dark one.
const COLOURS: &[(&str, [&str; 3], [&str; 3])] = &[
    ("numbers", ["#2457b8", "#2457b8", "#ffffff"], ["#3d73d8", "#3d73d8", "#ffffff"]),
    ("sound", ["#eef4fe", "#6f97d6", "#17325c"], ["#18263d", "#5d86c9", "#dbe7fb"]),
    ("menu", ["#fff3d9", "#cf9324", "#4d3503"], ["#372a10", "#c8953a", "#fbe9c3"]),
    ("choice", ["#f3ecfe", "#9770d6", "#3a2168"], ["#2a1f40", "#9a78d8", "#e9dffc"]),
    ("queue", ["#e4f6ea", "#45a46d", "#0f4426"], ["#122e1e", "#48a871", "#d3f3df"]),
    ("dial", ["#def4f7", "#2f9caf", "#073f49"], ["#0e2d33", "#3aa3b5", "#cbeff5"]),
    ("record", ["#ffebf1", "#d6688a", "#641630"], ["#3a1824", "#cf6b8b", "#fbdbe5"]),
    ("act", ["#f1f3f6", "#8b96a6", "#2a3340"], ["#20262e", "#7f8b9b", "#dfe5ec"]),
    ("ending", ["#f6f6f7", "#a3a9b3", "#4a515c"], ["#1b1e23", "#6b7480", "#b9c1cb"]),
];

impl Chart {
    /// The chart as an SVG picture that needs no other program and no other file.
    pub fn svg(&self) -> String {
        let chart = shorten(self);
        let layout = lay_out(&chart);
        let (width, height) = (layout.width.ceil(), layout.height.ceil());
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\">\n<title>{}</title>\n<style>\n{}</style>\n",
            escaped(&self.file),
            style()
        );
        svg += "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n";
        svg += &format!("<text class=\"title\" x=\"24\" y=\"32\">{}</text>\n", escaped(&self.file));
        layout.strokes.iter().for_each(|stroke| svg += &stroke_of(stroke));
        for (card, (rect, sized)) in chart.cards.iter().zip(&layout.cards) {
            svg += &card_of(card, rect, sized);
        }
        for (arrow, rect) in &layout.labels {
            svg += &format!("<g>{}</g>\n", ways_at(&chart.arrows[*arrow].ways, rect.x, rect.y));
        }
        svg + "</svg>\n"
    }
}

fn style() -> String {
    let mut light = String::new();
    let mut dark = String::new();
    for (class, day, night) in COLOURS {
        let rules = |[fill, line, text]: &[&str; 3]| {
            format!(
                ".{class} .shape{{fill:{fill};stroke:{line}}}.{class} .detail{{stroke:{line}}}\
                 .{class} text{{fill:{text}}}\n"
            )
        };
        light += &rules(day);
        dark += &rules(night);
    }
    format!(
        "text{{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;\
         font-size:11px;text-anchor:middle}}\n\
         .name{{font-size:13px;font-weight:bold}}.verb{{font-size:10px;opacity:.75}}\
         .key{{font-weight:bold}}.title{{font-size:15px}}.title,.to{{text-anchor:start}}\n\
         .cap,.shape{{stroke-width:1.3;stroke-linejoin:round}}.detail{{fill:none;stroke-width:1.3}}\n\
         .line{{fill:none;stroke-width:1.4}}.back{{stroke-dasharray:5 3.5}}\n\
         .page{{fill:#ffffff}}.title{{fill:#5b6573}}.line{{stroke:#8792a2}}.head{{fill:#6c7787}}\
         .way{{fill:#4c5664}}.cap{{fill:#ffffff;stroke:#8792a2}}.key{{fill:#2b3440}}\n{light}\
         @media (prefers-color-scheme:dark){{\n\
         .page{{fill:#0f1318}}.title{{fill:#97a2b1}}.line{{stroke:#66717f}}.head{{fill:#8793a2}}\
         .way{{fill:#b4bfcc}}.cap{{fill:#1a2028;stroke:#66717f}}.key{{fill:#e8edf3}}\n{dark}}}\n"
    )
}

fn class(shape: Shape) -> &'static str {
    match shape {
        Shape::Numbers => "numbers",
        Shape::End | Shape::Node(Kind::End) => "ending",
        Shape::Node(Kind::Sound) => "sound",
        Shape::Node(Kind::Menu) => "menu",
        Shape::Node(Kind::Choice) => "choice",
        Shape::Node(Kind::Queue) => "queue",
        Shape::Node(Kind::Dial) => "dial",
        Shape::Node(Kind::Record) => "record",
        Shape::Node(Kind::Act) => "act",
    }
}

fn card_of(card: &Card, rect: &Rect, sized: &Sized) -> String {
    let mut svg = format!("<g class=\"{}\">", class(card.shape));
    if let Some(line) = card.line {
        let place = format!("{} {}: line {line}", card.verb, card.name);
        svg += &format!("<title>{}</title>", escaped(&place));
    }
    svg += &outline(card.shape, rect);
    let middle = rect.x + rect.width / 2.0;
    for line in &sized.lines {
        let class = match (line.font.bold, line.font.size < 11.0) {
            (true, _) => " class=\"name\"",
            (_, true) => " class=\"verb\"",
            _ => "",
        };
        let y = rect.y + line.baseline;
        svg += &format!("<text{class} x=\"{middle:.1}\" y=\"{y:.1}\">{}</text>", escaped(&line.text));
    }
    for row in &sized.jumps {
        svg += &ways_at(&row.ways, rect.x + row.x, rect.y + row.y);
        let (x, y) = (rect.x + row.text, rect.y + row.y + BASELINE);
        svg += &format!("<text class=\"to\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(&row.to));
    }
    svg + "</g>\n"
}

/// The outline of a card; every shape fills its rectangle and leaves the text free.
fn outline(shape: Shape, rect: &Rect) -> String {
    let Rect { x, y, width: w, height: h } = *rect;
    let rounded = |x: f64, y: f64, w: f64, h: f64, r: f64| {
        format!(
            "<rect class=\"shape\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{r:.1}\"/>"
        )
    };
    let path = |d: String| format!("<path class=\"shape\" d=\"{d}\"/>");
    match shape {
        Shape::Numbers | Shape::End | Shape::Node(Kind::End) => rounded(x, y, w, h, (h / 2.0).min(16.0)),
        Shape::Node(Kind::Sound) => rounded(x, y, w, h, 9.0),
        Shape::Node(Kind::Act) => rounded(x, y, w, h, 2.0),
        Shape::Node(Kind::Menu) => path(cut_corners(rect, 12.0, 12.0)),
        Shape::Node(Kind::Choice) => path(cut_corners(rect, 16.0, h / 2.0)),
        Shape::Node(Kind::Queue) => {
            rounded(x + 4.0, y + 4.0, w - 4.0, h - 4.0, 6.0) + &rounded(x, y, w - 4.0, h - 4.0, 6.0)
        }
        Shape::Node(Kind::Dial) => {
            let side = |x: f64| format!("M{x:.1} {y:.1}v{h:.1}");
            let sides = side(x + 7.0) + &side(x + w - 7.0);
            rounded(x, y, w, h, 3.0) + &format!("<path class=\"detail\" d=\"{sides}\"/>")
        }
        Shape::Node(Kind::Record) => path(format!(
            "M{x:.1} {y:.1}h{w:.1}v{:.1}q{:.1} {:.1} {:.1} 0t{:.1} 0z",
            h - WAVE_ABOVE,
            -w / 4.0,
            -WAVE,
            -w / 2.0,
            -w / 2.0
        )),
    }
}

/// A rectangle with its corners cut by this much, to the side and downwards.
fn cut_corners(rect: &Rect, aside: f64, down: f64) -> String {
    let Rect { x, y, width, height } = *rect;
    let (right, bottom) = (x + width, y + height);
    let down = down.min(height / 2.0);
    format!(
        "M{:.1} {y:.1}H{:.1}L{right:.1} {:.1}V{:.1}L{:.1} {bottom:.1}H{:.1}L{x:.1} {:.1}V{:.1}z",
        x + aside,
        right - aside,
        y + down,
        bottom - down,
        right - aside,
        x + aside,
        bottom - down,
        y + down
    )
}

fn stroke_of(stroke: &Stroke) -> String {
    let mut d = String::new();
    for piece in &stroke.pieces {
        match piece {
            Piece::Line(from, to) => d += &format!("M{:.1} {:.1}L{:.1} {:.1}", from.x, from.y, to.x, to.y),
            Piece::Curve([from, a, b, to]) => {
                d += &format!(
                    "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                    from.x, from.y, a.x, a.y, b.x, b.y, to.x, to.y
                );
            }
        }
    }
    let back = if stroke.back { " back" } else { "" };
    let head = stroke.head.as_ref().map(head_of).unwrap_or_default();
    format!("<path class=\"line{back}\" d=\"{d}\"/>{head}\n")
}

fn head_of(head: &Head) -> String {
    let (x, y) = (head.tip.x, head.tip.y);
    let half = HEAD * 0.6;
    let (long, wide) = match head.points {
        Direction::Down => ((0.0, -HEAD), (half, 0.0)),
        Direction::Up => ((0.0, HEAD), (half, 0.0)),
        Direction::Left => ((HEAD, 0.0), (0.0, half)),
    };
    format!(
        "<path class=\"head\" d=\"M{x:.1} {y:.1}L{:.1} {:.1}L{:.1} {:.1}z\"/>",
        x + long.0 + wide.0,
        y + long.1 + wide.1,
        x + long.0 - wide.0,
        y + long.1 - wide.1
    )
}

/// From the top of a label to the line its text stands on.
const BASELINE: f64 = LABEL_HEIGHT / 2.0 + 4.0;

/// Ways side by side: keys as keycaps, the others in words.
fn ways_at(ways: &[Way], left: f64, top: f64) -> String {
    let mut svg = String::new();
    for (way, (x, width)) in ways.iter().zip(places(ways)) {
        let x = left + x;
        if way.key {
            svg += &format!(
                "<rect class=\"cap\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
                 height=\"{LABEL_HEIGHT:.1}\" rx=\"4\"/>"
            );
        }
        let class = if way.key { "key" } else { "way" };
        let (x, y) = (x + width / 2.0, top + BASELINE);
        svg += &format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(&way.by));
    }
    svg
}

/// Text for XML: markup and what XML does not allow are taken out of it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
