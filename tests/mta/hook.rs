//! Where mailward is put into a mail server: each way that contrib describes, run as contrib says it.
//!
//! What holds for all of them is tested for all of them, see envelope.rs, load.rs and matrix/.
use std::io::Write;
use std::thread;

use crate::clamd::Clamd;
use crate::delivery::engine;
use crate::exim::{self, Configuration, Exim, Layout};
use crate::host::RECIPIENT;
use crate::opensmtpd::{self, OpenSmtpd};
use crate::postfix::{self, Postfix};
use crate::qmail::{self, Qmail};
use crate::sendmail::{self, Sendmail};
use crate::server::{Server, wait_until_empty};
use crate::site::Site;

/// One way.
pub(crate) struct Hook {
    /// As the matrix calls it.
    pub(crate) name: &'static str,
    /// What the server's root holds.
    packages: &'static [&'static str],
    /// Whom it has mailward run as.
    #[cfg_attr(not(feature = "fault-injection"), expect(dead_code, reason = "the matrix alone asks for it"))]
    pub(crate) account: &'static str,
    /// Starts the server in a site.
    start: fn(&Site) -> Box<dyn Server>,
    /// What mailward hands on to when all is well, as a line of shell.
    mda: fn(&Site) -> String,
}

pub(crate) const HOOKS: [Hook; 11] = [
    Hook {
        name: "Postfix mailbox_command",
        packages: &postfix::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Postfix::start_mailbox_command(site)),
        mda: Site::procmail,
    },
    Hook {
        name: "Postfix content_filter",
        packages: &postfix::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Postfix::start_content_filter(site)),
        mda: |_| "/usr/sbin/sendmail \"$@\"".to_owned(),
    },
    Hook {
        name: "Exim incoming",
        packages: &exim::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Exim::start(site, &Configuration::incoming(site), Layout::Split)),
        mda: Site::procmail,
    },
    Hook {
        name: "Exim both",
        packages: &exim::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Exim::start(site, &Configuration::both(site), Layout::Split)),
        mda: |_| "/usr/sbin/exim4 \"$@\"".to_owned(),
    },
    Hook {
        name: "Sendmail local mailer",
        packages: &sendmail::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Sendmail::start_incoming(site)),
        mda: |_| "/usr/bin/procmail \"$@\"".to_owned(),
    },
    Hook {
        name: "Sendmail outgoing",
        packages: &sendmail::PACKAGES,
        account: "root",
        start: |site| Box::new(Sendmail::start_outgoing(site)),
        mda: |_| "/usr/sbin/sendmail \"$@\"".to_owned(),
    },
    Hook {
        name: "OpenSMTPD wrapper",
        packages: &opensmtpd::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(OpenSmtpd::start_incoming(site)),
        mda: |site| format!("/usr/libexec/opensmtpd/mail.maildir {}", site.inbox.path().display()),
    },
    Hook {
        name: "OpenSMTPD outgoing",
        packages: &opensmtpd::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(OpenSmtpd::start_outgoing(site)),
        mda: |_| "/usr/local/libexec/mailward-resubmit".to_owned(),
    },
    Hook {
        name: "qmail .qmail",
        packages: &qmail::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Qmail::start_dot_qmail(site)),
        mda: Site::procmail,
    },
    Hook {
        name: "qmail qmail-local",
        packages: &qmail::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Qmail::start_in_place_of_qmail_local(site)),
        mda: Site::procmail,
    },
    Hook {
        name: "qmail qmail-queue",
        packages: &qmail::PACKAGES,
        account: RECIPIENT,
        start: |site| Box::new(Qmail::start_in_place_of_qmail_queue(site)),
        mda: |site| format!("{} {}", qmail::folder(site).join("bin/qmail-queue").display(), site.inbox.path().display()),
    },
];

impl Hook {
    /// A site for this server, or None where it cannot run.
    pub(crate) fn open_site(&self) -> Option<Site> {
        let site = Site::with(self.packages)?;
        self.mend_mda(&site);
        Some(site)
    }

    /// Starts the server. The site's configuration should be there by then.
    pub(crate) fn start(&self, site: &Site) -> Box<dyn Server> {
        (self.start)(site)
    }

    /// Has the MDA be the one that delivers.
    pub(crate) fn mend_mda(&self, site: &Site) {
        site.write_mda(&format!("exec {}", self.mda(site)));
    }

    /// What mailward hands on to when all is well, as a line of shell.
    pub(crate) fn mda(&self, site: &Site) -> String {
        (self.mda)(site)
    }
}

/// Runs a test for each way in, on a server and a clamd of its own, with this much of mailward's configuration beside the engine.
pub(crate) fn for_each_hook(configuration: &str, test: impl Fn(&Site, &mut Clamd, &dyn Server)) {
    for hook in &HOOKS {
        let Some(site) = hook.open_site() else { return };
        let _named = Named(hook.name);
        let mut clamd = site.start_clamd();
        site.configure(&format!("{configuration}{}", engine(&[clamd.unix_address()])));
        let server = hook.start(&site);
        test(&site, &mut clamd, &*server);
        wait_until_empty(&*server);
    }
}

/// Has a test that fails say in which way in it did.
struct Named(&'static str);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "this was {}", self.0);
        }
    }
}
