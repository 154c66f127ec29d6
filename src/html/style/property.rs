//! Which properties a style may set.
//!
//! Owns the list of those that only change what a page looks like; what is on it may still not have every value. It must never know
//! a value. Nothing here can fail.

/// What a property asks of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    /// No more than any.
    Plain,
    /// It may be names, as of fonts, which have escapes in them.
    Name,
    /// Old readers run programs that it names: nothing but the functions of CSS.
    Filter,
    /// What takes the place of a picture that goes would show: the whole declaration goes.
    Cursor,
    /// It runs programs.
    Acting,
    /// It is on no list.
    Unknown,
}

/// What a property of this name is.
pub(super) fn of(name: &[u8]) -> Property {
    let mut lower = [0; 48];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return long(name);
    };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    let base = unprefixed(lower);
    match base {
        b"font" | b"font-family" => Property::Name,
        b"filter" | b"backdrop-filter" => Property::Filter,
        b"cursor" => Property::Cursor,
        _ if lower.starts_with(b"mso-") && is_regular(lower) => Property::Name,
        _ if is_plain(lower, base) => Property::Plain,
        _ if base.ends_with(b"behavior") || base.ends_with(b"binding") => Property::Acting,
        _ => Property::Unknown,
    }
}

/// Of a name that is longer than any on the list.
fn long(name: &[u8]) -> Property {
    if name.starts_with(b"--") && is_regular(name) { Property::Plain } else { Property::Unknown }
}

fn is_plain(name: &[u8], base: &[u8]) -> bool {
    let is_listed = || PROPERTIES.binary_search_by(|one| one.as_bytes().cmp(base)).is_ok();
    if name.starts_with(b"--") { is_regular(name) } else { is_listed() }
}

fn is_regular(name: &[u8]) -> bool {
    name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Without the name of a program before it, or the sign that hides a declaration from all but old ones: it means the same to those.
fn unprefixed(name: &[u8]) -> &[u8] {
    let marks: [&[u8]; 8] = [b"-webkit-", b"-moz-", b"-ms-", b"-o-", b"-khtml-", b"-epub-", b"_", b"*"];
    marks.iter().find_map(|mark| name.strip_prefix(*mark)).unwrap_or(name)
}

/// In order, for the search.
#[rustfmt::skip]
const PROPERTIES: &[&str] = &[
    "accent-color", "align", "align-content", "align-items", "align-self", "alignment-baseline", "all", "animation",
    "animation-composition", "animation-delay", "animation-direction", "animation-duration", "animation-fill-mode",
    "animation-iteration-count", "animation-name", "animation-play-state", "animation-timing-function", "appearance", "ascent-override",
    "aspect-ratio", "backdrop-filter", "backface-visibility", "background", "background-attachment", "background-blend-mode",
    "background-clip", "background-color", "background-image", "background-origin", "background-position", "background-position-x",
    "background-position-y", "background-repeat", "background-repeat-x", "background-repeat-y", "background-size", "baseline-shift",
    "bgcolor", "block-size", "border", "border-block", "border-block-color", "border-block-end", "border-block-end-color",
    "border-block-end-style", "border-block-end-width", "border-block-start", "border-block-start-color", "border-block-start-style",
    "border-block-start-width", "border-block-style", "border-block-width", "border-bottom", "border-bottom-color",
    "border-bottom-left-radius", "border-bottom-right-radius", "border-bottom-style", "border-bottom-width", "border-collapse",
    "border-color", "border-end", "border-end-end-radius", "border-end-start-radius", "border-horizontal-spacing", "border-image",
    "border-image-outset", "border-image-repeat", "border-image-slice", "border-image-source", "border-image-width", "border-inline",
    "border-inline-color", "border-inline-end", "border-inline-end-color", "border-inline-end-style", "border-inline-end-width",
    "border-inline-start", "border-inline-start-color", "border-inline-start-style", "border-inline-start-width", "border-inline-style",
    "border-inline-width", "border-left", "border-left-color", "border-left-style", "border-left-width", "border-radius",
    "border-radius-bottomleft", "border-radius-bottomright", "border-radius-topleft", "border-radius-topright", "border-right",
    "border-right-color", "border-right-style", "border-right-width", "border-spacing", "border-start", "border-start-end-radius",
    "border-start-start-radius", "border-style", "border-top", "border-top-color", "border-top-left-radius", "border-top-right-radius",
    "border-top-style", "border-top-width", "border-vertical-spacing", "border-width", "bottom", "box-align", "box-decoration-break",
    "box-direction", "box-flex", "box-lines", "box-ordinal-group", "box-orient", "box-pack", "box-reflect", "box-shadow", "box-sizing",
    "break-after", "break-before", "break-inside", "caption-side", "caret-color", "cellpadding", "cellspacing", "clear", "clip",
    "clip-path", "clip-rule", "color", "color-adjust", "color-interpolation", "color-interpolation-filters", "color-scheme",
    "column-count", "column-fill", "column-gap", "column-rule", "column-rule-color", "column-rule-style", "column-rule-width",
    "column-span", "column-width", "columns", "contain", "contain-intrinsic-size", "container", "container-name", "container-type",
    "content", "content-visibility", "counter-increment", "counter-reset", "counter-set", "cursor", "descent-override", "direction",
    "display", "dominant-baseline", "empty-cells", "enable-background", "fill", "fill-opacity", "fill-rule", "filter", "flex",
    "flex-align", "flex-basis", "flex-direction", "flex-flow", "flex-grow", "flex-item-align", "flex-line-pack", "flex-negative",
    "flex-order", "flex-pack", "flex-positive", "flex-preferred-size", "flex-shrink", "flex-wrap", "float", "flood-color",
    "flood-opacity", "font", "font-color", "font-display", "font-family", "font-feature-settings", "font-kerning",
    "font-language-override", "font-optical-sizing", "font-palette", "font-size", "font-size-adjust", "font-size-delta", "font-smooth",
    "font-smoothing", "font-stretch", "font-style", "font-synthesis", "font-synthesis-small-caps", "font-synthesis-style",
    "font-synthesis-weight", "font-variant", "font-variant-alternates", "font-variant-caps", "font-variant-east-asian",
    "font-variant-emoji", "font-variant-ligatures", "font-variant-numeric", "font-variant-position", "font-variation-settings",
    "font-weight", "font-width", "force-broken-image-icon", "gap", "grid", "grid-area", "grid-auto-columns", "grid-auto-flow",
    "grid-auto-rows", "grid-column", "grid-column-align", "grid-column-end", "grid-column-gap", "grid-column-span", "grid-column-start",
    "grid-columns", "grid-gap", "grid-row", "grid-row-align", "grid-row-end", "grid-row-gap", "grid-row-span", "grid-row-start",
    "grid-rows", "grid-template", "grid-template-areas", "grid-template-columns", "grid-template-rows", "hanging-punctuation",
    "has-layout", "height", "high-contrast-adjust", "hyphenate-character", "hyphenate-limit-chars", "hyphens", "image-orientation",
    "image-rendering", "initial-letter", "inline-size", "inset", "inset-block", "inset-block-end", "inset-block-start", "inset-inline",
    "inset-inline-end", "inset-inline-start", "interpolation-mode", "isolation", "justify-content", "justify-items", "justify-self",
    "layout-flow", "layout-grid", "layout-grid-align", "layout-grid-char", "layout-grid-line", "layout-grid-mode", "layout-grid-type",
    "left", "letter-spacing", "lighting-color", "line-break", "line-clamp", "line-gap-override", "line-height", "line-height-step",
    "list-style", "list-style-image", "list-style-position", "list-style-type", "margin", "margin-block", "margin-block-end",
    "margin-block-start", "margin-bottom", "margin-end", "margin-inline", "margin-inline-end", "margin-inline-start", "margin-left",
    "margin-right", "margin-start", "margin-top", "margin-trim", "marker", "marker-end", "marker-mid", "marker-start", "marquee",
    "marquee-direction", "marquee-increment", "marquee-repetition", "marquee-speed", "marquee-style", "mask", "mask-border",
    "mask-border-mode", "mask-border-outset", "mask-border-repeat", "mask-border-slice", "mask-border-source", "mask-border-width",
    "mask-box-image", "mask-clip", "mask-composite", "mask-image", "mask-mode", "mask-origin", "mask-position", "mask-position-x",
    "mask-position-y", "mask-repeat", "mask-size", "mask-type", "max-block-size", "max-height", "max-inline-size", "max-width",
    "max-zoom", "min-block-size", "min-height", "min-inline-size", "min-width", "min-zoom", "mix-blend-mode", "nbsp-mode", "object-fit",
    "object-position", "offset", "offset-anchor", "offset-distance", "offset-path", "offset-position", "offset-rotate", "opacity",
    "order", "orientation", "orphans", "osx-font-smoothing", "outline", "outline-color", "outline-offset", "outline-radius",
    "outline-style", "outline-width", "overflow", "overflow-anchor", "overflow-clip-margin", "overflow-scrolling", "overflow-style",
    "overflow-wrap", "overflow-x", "overflow-y", "overscroll-behavior", "overscroll-behavior-x", "overscroll-behavior-y", "padding",
    "padding-block", "padding-block-end", "padding-block-start", "padding-bottom", "padding-end", "padding-inline", "padding-inline-end",
    "padding-inline-start", "padding-left", "padding-right", "padding-start", "padding-top", "page", "page-break-after",
    "page-break-before", "page-break-inside", "page-orientation", "paint-order", "panose-1", "perspective", "perspective-origin",
    "perspective-origin-x", "perspective-origin-y", "place-content", "place-items", "place-self", "pointer-events", "position",
    "print-color-adjust", "punctuation-trim", "punctuation-wrap", "quotes", "resize", "right", "rotate", "row-gap", "row-span",
    "rtl-ordering", "ruby-align", "ruby-overhang", "ruby-position", "scale", "scroll-behavior", "scroll-chaining", "scroll-margin",
    "scroll-margin-top", "scroll-padding", "scroll-padding-top", "scroll-snap-align", "scroll-snap-stop", "scroll-snap-type",
    "scrollbar-3dlight-color", "scrollbar-arrow-color", "scrollbar-base-color", "scrollbar-color", "scrollbar-darkshadow-color",
    "scrollbar-face-color", "scrollbar-gutter", "scrollbar-highlight-color", "scrollbar-shadow-color", "scrollbar-track-color",
    "scrollbar-width", "shape-image-threshold", "shape-margin", "shape-outside", "shape-rendering", "size", "size-adjust", "speak",
    "src", "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-opacity", "stroke-width", "supported-color-schemes", "tab-interval", "tab-size", "tab-stops",
    "table-border-color-dark", "table-border-color-light", "table-layout", "tap-highlight-color", "text-align", "text-align-last",
    "text-anchor", "text-autospace", "text-box", "text-combine-upright", "text-decoration", "text-decoration-color",
    "text-decoration-line", "text-decoration-skip", "text-decoration-skip-ink", "text-decoration-style", "text-decoration-thickness",
    "text-decorations-in-effect", "text-effect", "text-emphasis", "text-emphasis-color", "text-emphasis-position", "text-emphasis-style",
    "text-fill-color", "text-fit", "text-indent", "text-justify", "text-justify-trim", "text-kashida", "text-kashida-space",
    "text-line-through", "text-orientation", "text-overflow", "text-rendering", "text-security", "text-shadow", "text-size-adjust",
    "text-stroke", "text-stroke-color", "text-stroke-width", "text-transform", "text-underline", "text-underline-color",
    "text-underline-offset", "text-underline-position", "text-underline-style", "text-wrap", "text-wrap-mode", "text-wrap-style", "top",
    "touch-action", "touch-callout", "transform", "transform-box", "transform-origin", "transform-style", "transition",
    "transition-behavior", "transition-delay", "transition-duration", "transition-property", "transition-timing-function", "translate",
    "unicode-bidi", "unicode-range", "user-drag", "user-select", "user-zoom", "v-rotate-letters", "v-same-letter-heights",
    "v-text-align", "v-text-anchor", "v-text-kern", "v-text-reverse", "v-text-scale", "v-text-spacing", "v-text-spacing-mode",
    "v-text-style", "valign", "vector-effect", "vertical-align", "viewport-fit", "visibility", "white-space", "white-space-collapse",
    "widows", "width", "will-change", "word-break", "word-spacing", "word-wrap", "writing-mode", "z-index", "zoom",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(PROPERTIES.is_sorted());
    }

    #[test]
    fn each_property_is_what_its_name_says() {
        let table = [
            ("color", Property::Plain),
            ("COLOR", Property::Plain),
            ("-webkit-text-size-adjust", Property::Plain),
            ("-moz-border-radius", Property::Plain),
            ("mso-line-height-rule", Property::Name),
            ("--any-thing", Property::Plain),
            ("--any-thing-whose-name-is-longer-than-that-of-any-property-on-the-list", Property::Plain),
            ("--any\u{e9}", Property::Unknown),
            ("*zoom", Property::Plain),
            ("_height", Property::Plain),
            ("font-family", Property::Name),
            ("-ms-filter", Property::Filter),
            ("cursor", Property::Cursor),
            ("behavior", Property::Acting),
            ("-ms-behavior", Property::Acting),
            ("-moz-binding", Property::Acting),
            ("scroll-behavior", Property::Plain),
            ("-unknown", Property::Unknown),
            ("", Property::Unknown),
            ("colour-of-a-name-that-is-longer-than-any-on-the-list-is", Property::Unknown),
        ];
        for (name, expected) in table {
            assert_eq!(of(name.as_bytes()), expected, "{name}");
        }
    }
}
