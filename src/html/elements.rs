//! Which elements of a page stay.
//!
//! Owns the list of elements that neither act nor make a reader's tokenizer see the rest of the page otherwise than ours does. What is on
//! no list goes: nothing here can fail.

use super::Kind;

/// What becomes of an element's tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They stay, with the attributes that may.
    Stays,
    /// They go.
    Goes(Kind),
    /// They stay in a conditional comment, and go elsewhere.
    Commented(Kind),
}

/// What becomes of the tags of the element of that name in lower case.
pub fn fate(name: &[u8]) -> Fate {
    if is_among(HTML, name) || (name.contains(&b':') && is_among(OFFICE, name)) || name == b"xml" {
        return Fate::Stays;
    }
    if name == b"noscript" {
        return Fate::Commented(Kind::Unknown);
    }
    if name.starts_with(b"v:") {
        return if is_among(VML, name) { Fate::Commented(Kind::Foreign) } else { Fate::Goes(Kind::Foreign) };
    }
    let known = GOES.binary_search_by(|(one, _)| one.as_bytes().cmp(name)).ok().and_then(|at| GOES.get(at));
    Fate::Goes(known.map_or(Kind::Unknown, |(_, kind)| *kind))
}

/// Whether the sorted `list` has `name`.
pub fn is_among(list: &[&str], name: &[u8]) -> bool {
    // Most steps are decided by the first byte, without a call.
    list.binary_search_by(|one| one.as_bytes().first().cmp(&name.first()).then_with(|| one.as_bytes().cmp(name))).is_ok()
}

/// HTML that is text and layout. Of raw text only `style` and `title` are here.
#[rustfmt::skip]
const HTML: &[&str] = &[
    "a", "abbr", "acronym", "address", "area", "article", "aside", "audio", "b", "basefont", "bdi", "bdo", "big", "blink", "blockquote",
    "body", "br", "caption", "center", "cite", "code", "col", "colgroup", "data", "dd", "del", "details", "dfn", "dir", "div", "dl",
    "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html",
    "i", "img", "ins", "kbd", "left", "li", "link", "main", "map", "mark", "marquee", "menu", "meta", "nav", "nobr", "ol", "p",
    "picture", "pre", "q", "rb", "right", "rp", "rt", "rtc", "ruby", "s", "samp", "section", "small", "source", "span", "strike",
    "strong", "style", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "ul",
    "var", "video", "wbr",
];

/// What Word and Outlook write into every mail, and what they read of it: settings, and the marks of paragraphs and names. Those that name
/// a file (`w:AttachedTemplate`, `w:MailMerge`, `o:File`) are not here.
#[rustfmt::skip]
const OFFICE: &[&str] = &[
    "m:brkbin", "m:brkbinsub", "m:defjc", "m:dispdef", "m:intersp", "m:intlim", "m:intrasp", "m:lmargin", "m:mathfont", "m:mathpr",
    "m:narylim", "m:postsp", "m:presp", "m:rmargin", "m:smallfrac", "m:wrapindent", "m:wrapright", "o:allowpng", "o:author", "o:bytes",
    "o:category", "o:characters", "o:characterswithspaces", "o:colormenu", "o:colormru", "o:company", "o:created", "o:description",
    "o:documentproperties", "o:donotorganizeinfolder", "o:idmap", "o:keywords", "o:lastauthor", "o:lastprinted", "o:lastsaved",
    "o:lines", "o:lock", "o:manager", "o:notes", "o:officedocumentsettings", "o:p", "o:pages", "o:paragraphs", "o:pixelsperinch",
    "o:presentationformat", "o:relyonvml", "o:removepersonalinformation", "o:revision", "o:shapedefaults", "o:shapelayout", "o:slides",
    "o:subject", "o:targetscreensize", "o:template", "o:title", "o:totaltime", "o:version", "o:words", "st1:address", "st1:city",
    "st1:country-region", "st1:date", "st1:givenname", "st1:metricconverter", "st1:middlename", "st1:personname", "st1:phone",
    "st1:place", "st1:placename", "st1:placetype", "st1:postalcode", "st1:sn", "st1:state", "st1:stockticker", "st1:street", "st1:time",
    "u1:p", "u2:p", "u3:p", "u4:p", "u5:p", "u6:p", "u7:p", "u8:p", "w:aligntablesrowbyrow", "w:alwaysshowplaceholdertext",
    "w:anchorlock", "w:attachedschema", "w:autofitlikeww11", "w:balancesinglebytedoublebytewidth", "w:bordersurroundfooter",
    "w:bordersurroundheader", "w:breakwrappedtables", "w:browserlevel", "w:cachedcolbalance", "w:compatibility",
    "w:displayhorizontaldrawinggridevery", "w:displayverticaldrawinggridevery", "w:donotexpandshiftreturn", "w:donothyphenatecaps",
    "w:donotoptimizeforbrowser", "w:donotprintrevisions", "w:donotpromoteqf", "w:donotshadeformdata", "w:donotshowcomments",
    "w:donotshowinsertionsanddeletions", "w:donotshowpropertychanges", "w:donotshowrevisions", "w:dontautofitconstrainedtables",
    "w:dontbreakconstrainedforcedtables", "w:dontflipmirrorindents", "w:dontgrowautofit", "w:dontuseindentasnumberingtabstop",
    "w:dontvertaligncellwithsp", "w:dontvertalignintxbx", "w:drawinggridhorizontalspacing", "w:drawinggridverticalspacing",
    "w:enableopentypekerning", "w:envelopevis", "w:felinebreak11", "w:footnotelayoutlikeww8", "w:forgetlasttabalignment",
    "w:formsdesign", "w:grammarstate", "w:hangulwidthlikeww11", "w:hyphenationzone", "w:ignoremixedcontent", "w:latentstyles",
    "w:layoutrawtablewidth", "w:layouttablerowsapart", "w:lidthemeasian", "w:lidthemecomplexscript", "w:lidthemeother",
    "w:lsdexception", "w:nofonts", "w:overridetablestylehps", "w:printtwoonone", "w:punctuationkerning", "w:removepersonalinformation",
    "w:saveifxmlinvalid", "w:sdt", "w:sdtpr", "w:shapelayoutlikeww8", "w:snaptogridincell", "w:spellingstate",
    "w:splitpgbreakandparamark", "w:trackformatting", "w:trackmoves", "w:useasianbreakrules", "w:usefelayout",
    "w:usemarginsfordrawinggridorigin", "w:usenormalstyleforlist", "w:usewordtablestylerules", "w:usewordtwentyten",
    "w:validateagainstschemas", "w:view", "w:word11kerningpairs", "w:worddocument", "w:wrap", "w:wraptextwithpunct",
    "w:ww11indentrules", "w:zoom", "xml",
];

/// Shapes that Outlook draws, as the buttons of newsletters are. They do nothing else, and what they fetch and lead to is judged as that of
/// a picture and a link. Other readers that drew them did so by a `behavior` only, which no style keeps.
#[rustfmt::skip]
const VML: &[&str] = &[
    "v:background", "v:f", "v:fill", "v:formulas", "v:group", "v:image", "v:imagedata", "v:line", "v:oval", "v:path", "v:polyline",
    "v:rect", "v:roundrect", "v:shadow", "v:shape", "v:shapetype", "v:stroke", "v:textbox", "v:textpath",
];

/// What goes for a reason that we know.
#[rustfmt::skip]
const GOES: &[(&str, Kind)] = &[
    ("animate", Kind::Foreign),
    ("animatemotion", Kind::Foreign),
    ("animatetransform", Kind::Foreign),
    ("annotation", Kind::Foreign),
    ("annotation-xml", Kind::Foreign),
    ("applet", Kind::Object),
    ("base", Kind::Base),
    ("bgsound", Kind::Object),
    ("button", Kind::Form),
    ("canvas", Kind::Object),
    ("circle", Kind::Foreign),
    ("clippath", Kind::Foreign),
    ("datalist", Kind::Form),
    ("defs", Kind::Foreign),
    ("desc", Kind::Foreign),
    ("dialog", Kind::Form),
    ("ellipse", Kind::Foreign),
    ("embed", Kind::Object),
    ("fegaussianblur", Kind::Foreign),
    ("feimage", Kind::Foreign),
    ("fencedframe", Kind::Frame),
    ("fieldset", Kind::Form),
    ("filter", Kind::Foreign),
    ("foreignobject", Kind::Foreign),
    ("form", Kind::Form),
    ("frame", Kind::Frame),
    ("frameset", Kind::Frame),
    ("g", Kind::Foreign),
    ("iframe", Kind::Frame),
    ("ilayer", Kind::Frame),
    ("image", Kind::Fetch),
    ("input", Kind::Form),
    ("isindex", Kind::Form),
    ("keygen", Kind::Form),
    ("label", Kind::Form),
    ("layer", Kind::Frame),
    ("legend", Kind::Form),
    ("line", Kind::Foreign),
    ("lineargradient", Kind::Foreign),
    ("maction", Kind::Foreign),
    ("malignmark", Kind::Foreign),
    ("marker", Kind::Foreign),
    ("mask", Kind::Foreign),
    ("math", Kind::Foreign),
    ("menclose", Kind::Foreign),
    ("menuitem", Kind::Form),
    ("metadata", Kind::Foreign),
    ("meter", Kind::Form),
    ("mfrac", Kind::Foreign),
    ("mglyph", Kind::Foreign),
    ("mi", Kind::Foreign),
    ("mn", Kind::Foreign),
    ("mo", Kind::Foreign),
    ("mrow", Kind::Foreign),
    ("ms", Kind::Foreign),
    ("msqrt", Kind::Foreign),
    ("msub", Kind::Foreign),
    ("msup", Kind::Foreign),
    ("mtable", Kind::Foreign),
    ("mtd", Kind::Foreign),
    ("mtext", Kind::Foreign),
    ("mtr", Kind::Foreign),
    ("noembed", Kind::Object),
    ("noframes", Kind::Frame),
    ("object", Kind::Object),
    ("optgroup", Kind::Form),
    ("option", Kind::Form),
    ("output", Kind::Form),
    ("param", Kind::Object),
    ("path", Kind::Foreign),
    ("pattern", Kind::Foreign),
    ("polygon", Kind::Foreign),
    ("polyline", Kind::Foreign),
    ("portal", Kind::Frame),
    ("progress", Kind::Form),
    ("radialgradient", Kind::Foreign),
    ("rect", Kind::Foreign),
    ("script", Kind::Script),
    ("select", Kind::Form),
    ("selectedcontent", Kind::Form),
    ("semantics", Kind::Foreign),
    ("set", Kind::Foreign),
    ("stop", Kind::Foreign),
    ("svg", Kind::Foreign),
    ("switch", Kind::Foreign),
    ("symbol", Kind::Foreign),
    ("text", Kind::Foreign),
    ("textarea", Kind::Form),
    ("textpath", Kind::Foreign),
    ("track", Kind::Fetch),
    ("tspan", Kind::Foreign),
    ("use", Kind::Foreign),
    ("view", Kind::Foreign),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_apart() {
        assert!(HTML.is_sorted() && OFFICE.is_sorted() && VML.is_sorted() && GOES.is_sorted_by_key(|(name, _)| name));
        assert!(GOES.iter().all(|(name, _)| !HTML.contains(name) && !OFFICE.contains(name)));
    }

    #[test]
    fn an_element_on_no_list_goes() {
        let table: [(&str, Fate); 12] = [
            ("p", Fate::Stays),
            ("o:p", Fate::Stays),
            ("script", Fate::Goes(Kind::Script)),
            ("svg", Fate::Goes(Kind::Foreign)),
            ("v:shape", Fate::Commented(Kind::Foreign)),
            ("v:vmlframe", Fate::Goes(Kind::Foreign)),
            ("noscript", Fate::Commented(Kind::Unknown)),
            ("w:attachedtemplate", Fate::Goes(Kind::Unknown)),
            ("t:set", Fate::Goes(Kind::Unknown)),
            ("x-element", Fate::Goes(Kind::Unknown)),
            ("scr\u{fffd}ipt", Fate::Goes(Kind::Unknown)),
            ("", Fate::Goes(Kind::Unknown)),
        ];
        for (name, expected) in table {
            assert_eq!(fate(name.as_bytes()), expected, "{name}");
        }
    }
}
