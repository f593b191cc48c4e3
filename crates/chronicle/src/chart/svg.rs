//! The text of an SVG picture, piece by piece.

use std::fmt::Write;

use crate::chart::{Px, Rect, escaped};

/// What every picture shares: letters, the lines of axes, thin white lines between areas.
pub const STYLE: &str = "\
text { font: 13px Helvetica, Arial, sans-serif; fill: #111 }
.title { font-weight: bold; font-size: 17px }
.small { font-size: 12px }
.bold { font-weight: bold }
.middle { text-anchor: middle }
.end { text-anchor: end }
.halo { paint-order: stroke; stroke: #fff; stroke-width: 3px }
.axis { stroke: #111; stroke-width: 1 }
.grid { stroke: #ccc; stroke-width: .6 }
.area { stroke: #fff; stroke-width: .6 }
.line { fill: none; stroke-width: 2 }";

/// A picture in the making.
#[derive(Debug, Default)]
pub struct Svg {
    defs: String,
    style: String,
    body: String,
}

impl Svg {
    pub fn new() -> Svg {
        Svg::default()
    }

    /// Adds a pattern or the like, for other pieces to refer to.
    pub fn define(&mut self, text: &str) {
        self.defs.push_str(text);
    }

    /// Adds rules to [`STYLE`].
    pub fn style(&mut self, text: &str) {
        self.style.push('\n');
        self.style.push_str(text);
    }

    /// A rectangle. `look` are attributes as SVG writes them (`class="area" fill="#0072b2"`); `title` is
    /// what a reader who points at it is told, nothing where it is empty.
    pub fn rect(&mut self, place: Rect, look: &str, title: &str) {
        let Rect { x, y, width, height } = place;
        self.titled(
            &format!("rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {look}"),
            "rect",
            title,
        );
    }

    pub fn line(&mut self, from: (Px, Px), to: (Px, Px), look: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ =
            writeln!(self.body, "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {look}/>");
    }

    /// Straight lines from point to point.
    pub fn path(&mut self, points: &[(Px, Px)], look: &str, title: &str) {
        let mut d = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(d, "{}{x} {y}", if at == 0 { "M" } else { "L" });
        }
        self.titled(&format!("path d=\"{d}\" {look}"), "path", title);
    }

    /// A disc.
    pub fn circle(&mut self, centre: (Px, Px), radius: Px, look: &str, title: &str) {
        let (x, y) = centre;
        self.titled(
            &format!("circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {look}"),
            "circle",
            title,
        );
    }

    /// Words; `class` as in [`STYLE`], several with blanks between.
    pub fn text(&mut self, at: (Px, Px), class: &str, text: &str) {
        let (x, y) = at;
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let _ = writeln!(self.body, "<text{class} x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
    }

    fn titled(&mut self, piece: &str, name: &str, title: &str) {
        let _ = if title.is_empty() {
            writeln!(self.body, "<{piece}/>")
        } else {
            writeln!(self.body, "<{piece}><title>{}</title></{name}>", escaped(title))
        };
    }

    /// The whole text. `title` and `description` are for those who cannot see it; the background is white,
    /// so that it prints and can be read on a dark page.
    pub fn finish(self, width: Px, height: Px, title: &str, description: &str) -> String {
        let Svg { defs, style, body } = self;
        let defs = if defs.is_empty() { defs } else { format!("<defs>\n{defs}</defs>\n") };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" style=\"max-width:100%;height:auto\">\n\
             <title>{}</title>\n<desc>{}</desc>\n<style>{STYLE}{style}</style>\n{defs}\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n{body}</svg>\n",
            escaped(title),
            escaped(description),
        )
    }
}
