//! clamd says FOUND also of what it could not look into, of macros and of what is only unwanted: the name tells the class.

use crate::harness::{Clamd, PLAIN, Site};

fn with_answer(name: &'static str, config: &str) -> (Site, Clamd) {
    let site = Site::new();
    let answer: &'static str = Box::leak(format!("fd[9]: {name} FOUND").into_boxed_str());
    let clamd = Clamd::that_says(&site.path("clamd"), answer);
    site.configure(&format!("{config}\n{}", clamd.engine()));
    (site, clamd)
}

#[test]
fn each_name_has_its_class() {
    let table = [
        ("Win.Test.EICAR_HDB-1", "infected"),
        ("Sanesecurity.Malware.28.UNOFFICIAL", "infected"),
        ("Heuristics.Encrypted.Zip", "encrypted"),
        ("Heuristics.Encrypted.PDF", "encrypted"),
        ("Heuristics.Limits.Exceeded.MaxFileSize", "unscanned"),
        ("Heuristics.OLE2.ContainsMacros", "active"),
        ("Heuristics.OLE2.ContainsMacros.VBA", "active"),
        ("Heuristics.Phishing.Email.SpoofedDomain", "phishing"),
        ("Heuristics.Broken.Executable", "banned"),
        ("PUA.Win.Packer.Upx-1", "banned"),
        ("Heuristics.Structured.CreditCardNumber", "infected"),
    ];
    let classes = ["infected", "uncleanable", "unscanned", "banned", "encrypted", "active", "phishing"];
    let policy: String = classes.iter().map(|class| format!("policy.{class} = {{ action = \"accept\" }}\n")).collect();
    for (name, class) in table {
        let (site, _clamd) = with_answer(name, &policy);
        let verdict = site.deliver().pipe(PLAIN).run().verdict();
        assert_eq!(verdict, format!("{class}; engine=clamav; name=\"{name}\"; action=accept"));
    }
}

#[test]
fn by_default_encrypted_and_phishing_are_marked() {
    for (name, class, subject) in
        [("Heuristics.Encrypted.Zip", "encrypted", "hello"), ("Heuristics.Phishing.Email.SpoofedDomain", "phishing", "{Fraud?} hello")]
    {
        let (site, _clamd) = with_answer(name, "");
        let field = format!("X-Mailward: {class}; engine=clamav; name=\"{name}\"; action=tag\n");
        site.deliver().pipe(PLAIN).run().exits(0).hands_on(format!("{field}{}", PLAIN.replace("hello", subject)));
        assert!(site.names("quarantine/new").is_empty());
    }
}

#[test]
fn by_default_what_went_over_a_limit_is_deferred() {
    let (site, _clamd) = with_answer("Heuristics.Limits.Exceeded.MaxScanSize", "");
    site.deliver().pipe(PLAIN).run().defers(75);
}

#[test]
fn by_default_what_cannot_be_cut_out_is_replaced_and_kept() {
    for name in ["Heuristics.OLE2.ContainsMacros.VBA", "PUA.Win.Packer.Upx-1", "Win.Test.EICAR_HDB-1"] {
        let (site, _clamd) = with_answer(name, "");
        let ended = site.deliver().pipe(PLAIN).run();
        ended.exits(0);
        assert!(ended.verdict().contains("; action=replace; id="), "{}", ended.verdict());
        assert!(String::from_utf8_lossy(&ended.message()).contains("This notice stands in"));
        assert_eq!(std::fs::read_to_string(site.only("quarantine/new")).unwrap(), PLAIN);
    }
}
