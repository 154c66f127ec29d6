use super::*;

const MAIL: &[u8] = b"Subject: x\r\n\r\nhi\r\n";

fn judged(head: &str, body: Result<Encapsulated, Trouble>) -> Result<Vec<Threat>, Trouble> {
    of(&Head::parse(format!("ICAP/1.0 {head}\r\n\r\n").as_bytes(), "ICAP/").unwrap(), body, MAIL)
}

fn back(status: u16, body: &[u8]) -> Result<Encapsulated, Trouble> {
    Ok(Encapsulated { status: Some(status), body: Some(body.to_vec()) })
}

#[test]
fn no_content_and_the_same_body_are_clean() {
    assert_eq!(judged("204 No modifications needed", Ok(Encapsulated::default())).unwrap(), []);
    assert_eq!(judged("200 OK", back(200, MAIL)).unwrap(), []);
    // Of REQMOD a request comes back.
    assert_eq!(judged("200 OK", Ok(Encapsulated { status: None, body: Some(MAIL.into()) })).unwrap(), []);
    for passed in ["X-Blocked: false", "X-Response-Info: Allowed", "X-FSecure-Scan-Result: clean", "X-Violations-Found: 0"] {
        assert_eq!(judged(&format!("204 x\r\n{passed}"), Ok(Encapsulated::default())).unwrap(), [], "{passed}");
    }
}

#[test]
fn a_page_in_its_place_and_another_body_are_not() {
    let table = [back(403, b"blocked"), back(403, MAIL), back(307, b""), back(200, b"blocked"), back(200, b"")];
    for body in table {
        assert_eq!(judged("200 OK", body).unwrap(), [blocked()]);
    }
    assert_eq!(judged("200 OK", Ok(Encapsulated { status: Some(403), body: None })).unwrap(), [blocked()]);
    assert_eq!(judged("201 Created", back(200, MAIL)).unwrap(), [blocked()]);
}

#[test]
fn the_fields_of_the_vendors_tell_name_and_class() {
    let table = [
        ("X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test-Signature;", Class::Infected, "Eicar-Test-Signature"),
        ("x-infection-found: Threat=W97M.Downloader", Class::Infected, "W97M.Downloader"),
        ("X-Infection-Found: garbage", Class::Infected, "unnamed"),
        (
            "X-Infection-Found: Type=2; Resolution=2; Threat=Encrypted container violation;",
            Class::Encrypted,
            "Encrypted container violation",
        ),
        ("X-Infection-Found: Type=1; Resolution=0; Threat=Encrypted Archive;", Class::Encrypted, "Encrypted Archive"),
        ("X-Infection-Found: Type=2; Resolution=2; Threat=Container size violation", Class::Unscanned, "Container size violation"),
        ("X-Infection-Found: Type=1; Resolution=2; Threat=Blocked type;", Class::Banned, "Blocked type"),
        ("X-Infection-Found: Type=0; Resolution=2; Threat=Heuristics.Encrypted.Zip;", Class::Encrypted, "Heuristics.Encrypted.Zip"),
        ("X-Virus-ID: Heuristics.Limits.Exceeded.MaxFileSize", Class::Unscanned, "Heuristics.Limits.Exceeded.MaxFileSize"),
        ("X-Virus-ID: Troj/DocDl-OYC", Class::Infected, "Troj/DocDl-OYC"),
        ("X-Virus-ID:", Class::Infected, "unnamed"),
        ("X-Virus-Name: EICAR test file", Class::Infected, "EICAR test file"),
        ("X-FSecure-Infection-Name: EICAR", Class::Infected, "EICAR"),
        ("X-Violations-Found: 2\r\n\ttest.zip\r\n\tEICAR Test String\r\n\t0\r\n\t0", Class::Infected, "EICAR Test String"),
        ("X-Violations-Found: 3", Class::Infected, "unnamed"),
        ("X-Blocked: Virus found during virus scan", Class::Infected, "unnamed"),
        ("X-Response-Info: Blocked", Class::Infected, "unnamed"),
    ];
    for (field, class, name) in table {
        for status in ["200 OK", "204 No Content", "206 Partial"] {
            let cut_off = Err(Trouble::Closed);
            assert_eq!(judged(&format!("{status}\r\n{field}"), cut_off).unwrap(), [Threat::whole(class, name)], "{field}");
        }
    }
}

#[test]
fn anything_else_is_a_trouble() {
    for head in ["404 Service not found", "500 Server error", "503 Overloaded", "539 Aborted - No AV scanning license"] {
        assert!(matches!(judged(head, Ok(Encapsulated::default())), Err(Trouble::Reported(_))), "{head}");
    }
    for head in ["100 Continue", "202 Accepted", "206 Partial Content", "302 Found", "999 x"] {
        assert!(matches!(judged(head, back(200, MAIL)), Err(Trouble::Unknown(_))), "{head}");
    }
    assert!(matches!(judged("200 OK", Err(Trouble::Closed)), Err(Trouble::Closed)));
    assert!(matches!(judged("204 x", Err(Trouble::Closed)), Err(Trouble::Closed)));
    assert!(matches!(judged("200 OK", Ok(Encapsulated { status: Some(200), body: None })), Err(Trouble::Unknown(_))));
    assert!(matches!(judged("200 OK", back(502, MAIL)), Err(Trouble::Reported(_))));
}
