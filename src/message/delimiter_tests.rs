use super::*;

fn open(boundaries: &[&str]) -> Vec<Open> {
    let of = |(part, boundary): (usize, &&str)| Open { boundary: Some(boundary.as_bytes().to_vec()), ..Open::new(part) };
    boundaries.iter().enumerate().map(of).collect()
}

/// Every delimiter in `text` as `level line`, with an `end` behind the last of a part.
fn all(text: &str, delimiters: Delimiters, boundaries: &[&str]) -> Vec<String> {
    let (search, mut open, mut from) = (Search::new(delimiters), open(boundaries), 0);
    let mut found = Vec::new();
    while let Some(Delimiter { line, level, is_last }) = search.next(text.as_bytes(), from, &mut open) {
        from = line.end;
        found.push(format!("{level} {:?}{}", text.get(line).unwrap(), if is_last { " end" } else { "" }));
    }
    found
}

#[test]
fn each_way_to_tell_delimiters_takes_its_own_lines() {
    let exact = "--b\nx\n--b--\n";
    let table: [(&str, &str, [&[&str]; 3]); 9] = [
        ("by the rules", exact, [&["0 \"--b\\n\"", "0 \"--b--\\n\" end"]; 3]),
        ("padded", "--b \t\n", [&["0 \"--b \\t\\n\""], &["0 \"--b \\t\\n\""], &[]]),
        ("more behind it", "--bX\n", [&[], &["0 \"--bX\\n\""], &[]]),
        ("indented", "a\n --b\n", [&[], &["0 \"--b\\n\""], &[]]),
        ("behind a bare CR", "a\r--b\n", [&[], &["0 \"--b\\n\""], &[]]),
        ("before a bare CR", "--b\rx\n", [&[], &["0 \"--b\\r\""], &[]]),
        ("behind a word", "a --b\n", [&[], &[], &[]]),
        ("one dash", "-b\n", [&[], &[], &[]]),
        ("a piece of it", "--\n", [&[], &[], &[]]),
    ];
    for (what, text, [exact, loose, tight]) in table {
        assert_eq!(all(text, Delimiters::Exact, &["b"]), exact, "{what}");
        assert_eq!(all(text, Delimiters::Loose, &["b"]), loose, "{what}");
        assert_eq!(all(text, Delimiters::Tight, &["b"]), tight, "{what}");
    }
}

#[test]
fn of_equal_boundaries_the_innermost_is_meant_and_of_others_the_longest() {
    assert_eq!(all("--b\n", Delimiters::Exact, &["b", "b"]), ["1 \"--b\\n\""]);
    assert_eq!(all("--bb\n", Delimiters::Exact, &["bb", "b"]), ["0 \"--bb\\n\""]);
    assert_eq!(all("--bbX\n", Delimiters::Loose, &["bb", "b"]), ["0 \"--bbX\\n\""]);
}

#[test]
fn a_boundary_that_ends_in_dashes_goes_before_the_end_of_another() {
    assert_eq!(all("--b--\n", Delimiters::Exact, &["b--", "b"]), ["0 \"--b--\\n\""]);
    assert_eq!(all("--b----\n", Delimiters::Exact, &["b--", "b"]), ["0 \"--b----\\n\" end"]);
}

#[test]
fn what_other_readers_see_is_noted() {
    let noted = |text: &str| {
        let mut open = open(&["b"]);
        let mut from = 0;
        while let Some(delimiter) = Search::new(Delimiters::Exact).next(text.as_bytes(), from, &mut open) {
            from = delimiter.line.end;
        }
        (open[0].has_near, open[0].has_padded)
    };
    let table = [
        ("--b\nx\n--b--\n", (false, false)),
        ("--b\r\nx\r\n--b--\r\n", (false, false)),
        ("--bX\n--b\n", (true, false)),
        ("x\n\t--b\n", (true, false)),
        ("x\r--b\n", (true, false)),
        ("x --b\n", (false, false)),
        ("--b \nx\n", (false, true)),
        ("x\n--b\r\nx\n", (false, true)),
    ];
    for (text, expected) in table {
        assert_eq!(noted(text), expected, "{text:?}");
    }
}

#[test]
fn a_line_in_a_header_is_a_delimiter_to_whom_it_is_one_in_a_body() {
    let is_delimiter = |line: &str, delimiters| Search::new(delimiters).is_delimiter(line.as_bytes(), &open(&["b"]));
    assert!(is_delimiter("--b--\n", Delimiters::Exact) && !is_delimiter(" --bX\n", Delimiters::Exact));
    assert!(is_delimiter(" --bX\n", Delimiters::Loose) && !is_delimiter("A: --b\n", Delimiters::Loose));
}

#[test]
fn whether_a_boundary_stands_in_a_body_is_told_with_the_way_to_see_it() {
    let table = [
        ("--b\n", Some(Delimiters::Exact)),
        ("x\n--b--", Some(Delimiters::Exact)),
        ("x\r\n--b \r\n", Some(Delimiters::Exact)),
        ("--bX\n --b\nx\n--b\n", Some(Delimiters::Exact)),
        ("--bX\n", Some(Delimiters::Loose)),
        ("x\n --b\n", Some(Delimiters::Loose)),
        ("x\r--b\n", Some(Delimiters::Loose)),
        ("x--b\n", None),
        ("-b\n", None),
        ("", None),
    ];
    for (body, expected) in table {
        assert_eq!(kind_in(body.as_bytes(), b"b"), expected, "{body:?}");
    }
}
