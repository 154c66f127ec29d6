//! Hosts whose name says nothing of whose page it is.
//!
//! Owns the lists: services that shorten links, that lead on to whatever the link says, that give anybody a page, and that count clicks
//! for senders. It must never be taken for a list of bad hosts: it takes more than one of these to be suspicious. Nothing here can fail.

use crate::html::host::{Host, is_below};

/// Services that shorten links for anybody.
const SHORTENERS: &str = "\
    tinyurl.com bit.ly t.ly is.gd v.gd cutt.ly rb.gy ow.ly buff.ly shorturl.at tiny.cc rebrand.ly lnk.to goo.gl t.co lnkd.in s.id \
    bl.ink urlz.fr qrco.de tny.im u.to clck.ru shorter.me x.gd adf.ly soo.gd kutt.it dub.sh n9.cl l.ead.me me-qr.com q-r.to \
    acortar.link shrtco.de snip.ly bom.so";

/// Services whose links only a page of their own makes: no sender of mail writes them.
const PLATFORM: &[(&str, &[&str])] = &[("t.co", &["twitter.com", "x.com"])];

/// Services that lead on to whatever their link says, with the beginning of the path where there are others.
const REDIRECTORS: &str = "\
    google.com/url google.com/amp/ bing.com/ck/a vk.com/away.php linkedin.com/slink linkedin.com/redir/ youtube.com/redirect \
    l.facebook.com/l.php duckduckgo.com/l/ r.search.yahoo.com googleadservices.com doubleclick.net instapaper.com/read/ translate.goog \
    slack-redir.net steamcommunity.com/linkfilter/";

/// Services that give anybody a page in a minute, with the beginning of the path where there are others.
const HOSTERS: &str = "\
    storage.googleapis.com cloudfunctions.net run.app web.app firebaseapp.com appspot.com pages.dev workers.dev r2.dev \
    trycloudflare.com cloudflare-ipfs.com ipfs.io dweb.link vercel.app netlify.app herokuapp.com onrender.com surge.sh fly.dev \
    replit.app repl.co glitch.me ngrok.io ngrok.app ngrok-free.app cloudfront.net s3.amazonaws.com awsapprunner.com amplifyapp.com \
    digitaloceanspaces.com ondigitalocean.app blob.core.windows.net web.core.windows.net azurewebsites.net azurefd.net azureedge.net \
    000webhostapp.com webcindario.com duckdns.org page.link docs.google.com/presentation/ docs.google.com/drawings/ codesandbox.io \
    fleek.co backblazeb2.com contaboserver.net";

/// Services that give people a page under a name which readers take for theirs.
const BUILDERS: &str = "\
    weebly.com weeblysite.com wixsite.com webflow.io square.site godaddysites.com mystrikingly.com jimdosite.com blogspot.com \
    linktr.ee sites.google.com telegra.ph gitbook.io typedream.app framer.app";

/// Services that give anybody a mailbox.
const MAILBOXES: &str = "\
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de ymail.com hotmail.com hotmail.co.uk hotmail.fr outlook.com \
    live.com msn.com aol.com icloud.com me.com mac.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de mail.com mail.ru bk.ru \
    list.ru inbox.ru yandex.ru yandex.com proton.me protonmail.com zoho.com fastmail.com orange.fr wanadoo.fr free.fr laposte.net \
    libero.it virgilio.it uol.com.br bol.com.br terra.com.br qq.com 163.com 126.com naver.com comcast.net verizon.net att.net \
    btinternet.com";

/// Services that send for others and count the clicks.
const COUNTERS: &str = "\
    list-manage.com mailchimp.com mandrillapp.com sendgrid.net awstrack.me rs6.net constantcontact.com exacttarget.com \
    sparkpostmail.com mailgun.org hubspotlinks.com hubspotemail.net hs-sites.com pstmrk.it sendinblue.com brevo.com mailjet.com mjt.lu \
    createsend.com cmail19.com cmail20.com createsend1.com klaviyomail.com klclick.com acemlna.com acemlnb.com acemlnc.com acemlnd.com \
    activehosted.com getresponse.com aweber.com convertkit-mail.com customeriomail.com marketo.com mktoweb.com eloqua.com pardot.com \
    responsys.net bronto.com doubleclick.net icontact.com vresp.com emarsys.net cheetahmail.com m0.net p0.com epsl1.com returnpath.net \
    intercom-mail.com safelinks.protection.outlook.com urldefense.com urldefense.proofpoint.com protect-us.mimecast.com \
    mimecastprotect.com linkprotect.cudasvc.com secure-web.cisco.com clicktime.symantec.com substack.com beehiiv.com zohocampaigns.com \
    campaign-archive.com linksynergy.com anrdoezrs.net dpbolvw.net awin1.com qksrv.net postmarkapp.com";

/// Whether the host shortens links.
pub(super) fn is_shortener(name: &str) -> bool {
    SHORTENERS.split(' ').any(|known| is_below(name, known))
}

/// Whether it counts the clicks for others.
pub(super) fn is_counter(name: &str) -> bool {
    COUNTERS.split(' ').any(|known| is_below(name, known))
}

/// Whether the link leads on to whatever it says.
pub(super) fn is_redirector(host: &Host) -> bool {
    REDIRECTORS.split(' ').any(|known| holds(known, host))
}

/// Whether its name keeps from the reader whose page it is.
pub(super) fn is_anybodys(host: &Host) -> bool {
    // One that says to everybody where it leads keeps nothing.
    let is_open = host.onward.iter().any(|name| !is_shortener(name));
    let leads_on = is_shortener(&host.name) || (is_redirector(host) && !is_open);
    host.is_number || leads_on || HOSTERS.split(' ').any(|known| holds(known, host))
}

/// Whether people have pages there who have no host of their own: a sender with `domain` has one, unless it is that of all.
pub(super) fn is_beside(host: &Host, domain: &str) -> bool {
    let is_own = domain.is_empty() || MAILBOXES.split(' ').any(|known| is_below(domain, known));
    !is_own && is_builder(host)
}

/// Whether it gives people a page under a name of theirs.
pub(super) fn is_builder(host: &Host) -> bool {
    BUILDERS.split(' ').any(|known| is_below(&host.name, known))
}

/// Whether no sender but those of the platform has such links: that with `domain` has none.
pub(super) fn is_misplaced(name: &str, domain: &str) -> bool {
    PLATFORM.iter().any(|(host, senders)| is_below(name, host) && !senders.iter().any(|sender| is_below(domain, sender)))
}

/// Whether a host, or it and the beginning of a path, is that of the link.
fn holds(known: &str, host: &Host) -> bool {
    let (name, path) = known.split_at(known.find('/').unwrap_or(known.len()));
    is_below(&host.name, name) && host.path.starts_with(path)
}
