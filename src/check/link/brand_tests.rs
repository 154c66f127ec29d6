//! What is a borrowed name, and what is none.

use super::*;

fn name_of(text: &str) -> Option<&'static str> {
    named(text).map(|brand| brand.name)
}

#[test]
fn the_tables_are_in_order() {
    assert!(ROLES.split(' ').is_sorted() && LURES.split(' ').is_sorted());
    for (index, brand) in BRANDS.iter().enumerate() {
        assert!(BRANDS.iter().skip(index + 1).all(|other| other.name != brand.name), "{} twice", brand.name);
        assert!(brand.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == ' '), "{}", brand.name);
        assert!(brand.domains().all(|domain| domain.contains('.') || domain == "google"), "{}", brand.name);
    }
}

#[test]
fn a_senders_name_is_read_as_people_read_it() {
    let table = [
        ("PayPal", Some("paypal")),
        ("PayPal Service", Some("paypal")),
        ("  PAYPAL!  ", Some("paypal")),
        ("Pay Pal", Some("paypal")),
        ("P a y P a l", Some("paypal")),
        ("Pay\u{200b}Pal", Some("paypal")),
        ("P\u{430}yP\u{430}l", Some("paypal")),
        ("PaypaI", Some("paypal")),
        ("\u{1d5e3}\u{1d5ee}\u{1d606}\u{1d5e3}\u{1d5ee}\u{1d5f9}", Some("paypal")),
        ("\u{1d18}\u{1d00}\u{28f}\u{1d18}\u{1d00}\u{29f}", Some("paypal")),
        ("Itau\u{301} Unibanco", Some("itau")),
        ("Support Netflix", Some("netflix")),
        ("Netflix.com", Some("netflix")),
        ("Leroy Merlin - offers", Some("leroy merlin")),
        ("LeroyMerlin", Some("leroy merlin")),
        ("Apple", Some("apple")),
        ("Apple Support", Some("apple")),
        ("UPS-ES", Some("ups")),
        ("Apple Core Weekly", None),
        ("Adam Apple", None),
        ("Chase Miller", None),
        ("Ups and Downs", None),
        ("Discover Magazine", None),
        ("Jane at Microsoft", None),
        ("Microsofts", None),
        ("Pay", None),
        ("", None),
    ];
    for (text, expected) in table {
        assert_eq!(name_of(text), expected, "{text:?}");
    }
}

#[test]
fn a_host_is_an_organisations_own_by_its_domains() {
    let paypal = named("paypal").unwrap();
    for host in ["paypal.com", "www.paypal.de", "e.paypal.co.uk", "paypal.me"] {
        assert!(owns(paypal, host), "{host}");
    }
    for host in ["paypal.com.evil.example", "paypal-login.com", "mypaypal.com", "paypal.tk", "paypal.github.io.evil.example", ""] {
        assert!(!owns(paypal, host), "{host}");
    }
}

#[test]
fn a_host_borrows_a_name_or_does_not() {
    let table = [
        ("paypal.com.evil.example", Some(Borrowed::Domain("paypal"))),
        ("www.paypal.com-login.evil.example", Some(Borrowed::Domain("paypal"))),
        ("login.microsoftonline.com.evil.example", Some(Borrowed::Domain("microsoft"))),
        ("secure-paypal.example", Some(Borrowed::Name("paypal"))),
        ("paypal-verify24.com", Some(Borrowed::Name("paypal"))),
        ("paypal.secure-login.com", Some(Borrowed::Name("paypal"))),
        ("paypallogin.com", Some(Borrowed::Name("paypal"))),
        ("trust-wallet.example", Some(Borrowed::Name("trust wallet"))),
        ("paypa1.com", Some(Borrowed::Look("paypal"))),
        ("rnicrosoft.com", Some(Borrowed::Look("microsoft"))),
        ("micros0ft-login.com", Some(Borrowed::Look("microsoft"))),
        ("amaz0n-shop.com", Some(Borrowed::Look("amazon"))),
        ("paypal.com", None),
        ("www.paypal.de", None),
        ("paypal-communication.com", None),
        ("microsoft.example.com", None),
        ("netflix.zendesk.com", None),
        ("amazon-watch.org", None),
        ("paypalling.com", None),
        ("apple-support.example", None),
        ("outlooksecure.com", None),
        ("mail.secure-bank.com", None),
        ("192.0.2.1", None),
        ("", None),
    ];
    for (host, expected) in table {
        assert_eq!(borrowed(host), expected, "{host}");
    }
}

#[test]
fn letters_of_another_script_that_read_as_latin_are_told() {
    let table = [
        // "apple" and "example" in Cyrillic.
        ("xn--80ak6aa92e.com", Some("apple")),
        ("www.xn--e1awd7f.com", Some("epic")),
        ("xn--bcher-kva.example", None),
        // Russian, under a Russian suffix.
        ("xn--j1ail.xn--p1ai", None),
        ("example.com", None),
    ];
    for (host, expected) in table {
        assert_eq!(mimicry(host).as_deref(), expected, "{host}");
    }
}

#[test]
fn a_text_is_scrambled_where_letters_are_kept_apart_or_mixed() {
    for text in ["P\u{feff}r\u{feff}i\u{feff}me", "\u{ad}R\u{ad}e\u{ad}a\u{ad}l", "\u{410}m\u{430}zon", "P\u{430}yPal service"] {
        assert!(is_scrambled(text), "{text:?}");
    }
    let plain = [
        "Prime",
        "\u{feff}Hello",
        "Donau\u{ad}dampf\u{ad}schiff",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "Wi-Fi \u{438} IT",
        "\u{41c}\u{43e}\u{441}\u{43a}\u{432}\u{430}",
        "\u{3b1}-beta",
    ];
    for text in plain {
        assert!(!is_scrambled(text), "{text:?}");
    }
}
