//! One question to a resolver, and what an answer to it says.
//!
//! Owns the form of both (RFC 1035 section 4), and which datagram answers which question. It must never take an answer to another
//! question for its own. What is no clear answer is a [`Trouble`].

use crate::engine::Trouble;
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, OPCODE, Packet, PacketFlag, QCLASS, QTYPE, RCODE, TYPE};
use std::net::Ipv4Addr;

/// A question for the addresses of a name.
#[derive(Debug)]
pub(super) struct Question {
    /// A random number that the answer has to repeat.
    pub(super) id: u16,
    name: String,
}

/// What a datagram says to a question.
#[derive(Debug)]
pub(super) enum Reply {
    /// It is no answer to it.
    Foreign,
    /// It did not fit, and is to be asked for by TCP.
    Truncated,
    /// This.
    Answer(Result<Vec<Ipv4Addr>, Trouble>),
}

impl Question {
    /// One about `name`.
    pub(super) fn new(name: String) -> Result<Self, Trouble> {
        let mut id = [0; 2];
        rustix::rand::getrandom(&mut id, rustix::rand::GetRandomFlags::empty())
            .map_err(|why| Trouble::Io("drawing a random number", why.into()))?;
        Ok(Self { id: u16::from_ne_bytes(id), name })
    }

    /// Its bytes; a name that is too long for the DNS is listed nowhere, and has none.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        let mut packet = Packet::new_query(self.id);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        let name = Name::new(&self.name).ok()?;
        packet.questions.push(simple_dns::Question::new(name, QTYPE::TYPE(TYPE::A), QCLASS::CLASS(CLASS::IN), false));
        packet.build_bytes_vec().ok()
    }

    /// What `datagram` says to it.
    pub(super) fn reply(&self, datagram: &[u8]) -> Reply {
        if datagram.get(..2) != Some(&self.id.to_be_bytes()[..]) {
            return Reply::Foreign;
        }
        let Ok(packet) = Packet::parse(datagram) else {
            return Reply::Answer(Err(Trouble::Unknown("a message that is none of DNS".to_owned())));
        };
        let is_own = |question: &simple_dns::Question<'_>| {
            question.qtype == QTYPE::TYPE(TYPE::A) && Name::new(&self.name).is_ok_and(|name| name == question.qname)
        };
        let is_answer = packet.has_flags(PacketFlag::RESPONSE) && packet.opcode() == OPCODE::StandardQuery;
        if !is_answer || packet.questions.len() != 1 || !packet.questions.iter().all(is_own) {
            return Reply::Foreign;
        }
        if packet.has_flags(PacketFlag::TRUNCATION) {
            return Reply::Truncated;
        }
        Reply::Answer(addresses(&packet))
    }
}

/// NXDOMAIN, and a name without addresses, are the same: not listed.
fn addresses(packet: &Packet<'_>) -> Result<Vec<Ipv4Addr>, Trouble> {
    match packet.rcode() {
        RCODE::NameError => Ok(Vec::new()),
        RCODE::NoError => {
            let address = |data: &RData<'_>| if let RData::A(data) = data { Some(Ipv4Addr::from(data.address)) } else { None };
            let found: Vec<Ipv4Addr> = packet.answers.iter().filter_map(|record| address(&record.rdata)).collect();
            // One that does not look further only says whom to ask.
            let is_referral = found.is_empty()
                && !packet.has_flags(PacketFlag::RECURSION_AVAILABLE | PacketFlag::AUTHORITATIVE_ANSWER)
                && !packet.name_servers.is_empty();
            if is_referral { Err(Trouble::Reported("the resolver does not look further".to_owned())) } else { Ok(found) }
        }
        code => Err(Trouble::Reported(format!("the resolver says {code:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_to_the_same_question_counts() {
        let question = Question::new("2.0.0.127.list.example".to_owned()).unwrap();
        let asked = question.bytes().unwrap();
        assert!(matches!(question.reply(&asked), Reply::Foreign), "a question is no answer");
        let mut answer = asked.clone();
        answer[2] |= 0x80;
        assert!(matches!(question.reply(&answer), Reply::Answer(Ok(found)) if found.is_empty()));
        let other = Question { id: question.id, name: "3.0.0.127.list.example".to_owned() };
        assert!(matches!(other.reply(&answer), Reply::Foreign));
        let other = Question { id: question.id.wrapping_add(1), name: question.name.clone() };
        assert!(matches!(other.reply(&answer), Reply::Foreign));
        for (code, is_clear) in [(2, false), (3, true), (5, false)] {
            answer[3] = code;
            assert!(matches!(question.reply(&answer), Reply::Answer(said) if said.is_ok() == is_clear), "{code}");
        }
        answer[2] |= 0x02;
        assert!(matches!(question.reply(&answer), Reply::Truncated));
        assert!(matches!(question.reply(&answer[..14]), Reply::Answer(Err(_))));
    }
}
