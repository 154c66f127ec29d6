//! Which functions a style may call.
//!
//! Owns the list of those that only count, mix colours, draw and move. It must never know what stands in their brackets. Nothing here
//! can fail.

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// Nothing outside the page.
    Plain,
    /// The URL in its brackets is fetched.
    Url,
    /// Strings in its brackets are URLs.
    Picture,
    /// It stands for a value that is set elsewhere.
    Variable,
    /// It stands for the value of an attribute.
    Attribute,
    /// It is on no list.
    Unknown,
}

/// What the function in a value does; `call` ends with `(`.
pub(super) fn in_value(call: &[u8]) -> Function {
    let mut lower = [0; 48];
    let name = lowered(call, &mut lower);
    match unprefixed(name) {
        b"url" => Function::Url,
        b"image" | b"image-set" | b"src" => Function::Picture,
        b"var" | b"env" => Function::Variable,
        b"attr" => Function::Attribute,
        base if is_in(VALUE, base) => Function::Plain,
        _ => Function::Unknown,
    }
}

/// Whether it may stand in a selector or in the condition of a rule.
pub(super) fn is_in_prelude(call: &[u8]) -> bool {
    let mut lower = [0; 48];
    is_in(PRELUDE, unprefixed(lowered(call, &mut lower)))
}

fn is_in(list: &[&str], name: &[u8]) -> bool {
    list.binary_search_by(|one| one.as_bytes().cmp(name)).is_ok()
}

/// Empty where it is longer than any on a list.
fn lowered<'l>(call: &[u8], lower: &'l mut [u8; 48]) -> &'l [u8] {
    let name = call.strip_suffix(b"(").unwrap_or(call);
    let Some(lower) = lower.get_mut(..name.len()) else {
        return &[];
    };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    lower
}

fn unprefixed(name: &[u8]) -> &[u8] {
    let marks: [&[u8]; 4] = [b"-webkit-", b"-moz-", b"-ms-", b"-o-"];
    marks.iter().find_map(|mark| name.strip_prefix(*mark)).unwrap_or(name)
}

/// In order, for the search.
#[rustfmt::skip]
const VALUE: &[&str] = &[
    "abs", "acos", "alpha", "asin", "atan", "atan2", "blur", "brightness", "calc", "circle", "clamp", "color", "color-mix", "color-stop",
    "conic-gradient", "contrast", "cos", "counter", "counters", "cross-fade", "cubic-bezier", "drop-shadow", "ellipse", "exp",
    "fit-content", "format", "frames", "from", "gradient", "grayscale", "hsl", "hsla", "hue-rotate", "hwb", "hypot", "inset", "invert",
    "lab", "lch", "light-dark", "linear", "linear-gradient", "local", "log", "matrix", "matrix3d", "max", "min", "minmax", "mod",
    "oklab", "oklch", "opacity", "path", "perspective", "polygon", "pow", "radial-gradient", "ray", "rect", "rem", "repeat",
    "repeating-conic-gradient", "repeating-linear-gradient", "repeating-radial-gradient", "rgb", "rgba", "rotate", "rotate3d", "rotatex",
    "rotatey", "rotatez", "round", "saturate", "scale", "scale3d", "scalex", "scaley", "scalez", "sepia", "sign", "sin", "skew", "skewx",
    "skewy", "sqrt", "steps", "tan", "tech", "to", "translate", "translate3d", "translatex", "translatey", "translatez", "type", "xywh",
];

/// In order, for the search.
#[rustfmt::skip]
const PRELUDE: &[&str] = &[
    "and", "any", "calc", "clamp", "cue", "dir", "format", "has", "host", "host-context", "is", "lang", "layer", "matches", "max", "min",
    "not", "nth-child", "nth-last-child", "nth-last-of-type", "nth-of-type", "only", "or", "part", "selector", "slotted", "style",
    "supports", "where",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order() {
        assert!(VALUE.is_sorted() && PRELUDE.is_sorted());
    }

    #[test]
    fn each_function_is_what_its_name_says() {
        let table = [
            ("rgb(", Function::Plain),
            ("RGBA(", Function::Plain),
            ("-webkit-linear-gradient(", Function::Plain),
            ("url(", Function::Url),
            ("-webkit-image-set(", Function::Picture),
            ("var(", Function::Variable),
            ("attr(", Function::Attribute),
            ("expression(", Function::Unknown),
            ("(", Function::Unknown),
        ];
        for (call, expected) in table {
            assert_eq!(in_value(call.as_bytes()), expected, "{call}");
        }
    }
}
