//! The resolvers, and the way to them: UDP, and TCP for what does not fit.
//!
//! Owns whom to ask, for how long, and in which order. It must never wait longer than the engine's time, nor take silence for an answer.
//! What fails is a [`Trouble`].

use super::question::{Question, Reply};
use super::{Answered, Engine, Instant, Trouble};
use crate::config::Address;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

/// Whom to ask.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Resolvers {
    addresses: Vec<SocketAddr>,
    /// How long to wait for each.
    patience: Duration,
    attempts: usize,
}

impl Resolvers {
    /// Those of the engine, else those of the system.
    pub(super) fn of(engine: &Engine) -> Self {
        let told = |address: &Address| if let Address::Udp(address) = address { Some(*address) } else { None };
        let addresses: Vec<SocketAddr> = engine.address.iter().filter_map(told).collect();
        if addresses.is_empty() {
            return Self::read(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default());
        }
        Self { addresses, ..Self::read("") }
    }

    /// resolv.conf(5): at most three, this host where none is named, 5 seconds and two attempts.
    fn read(text: &str) -> Self {
        let words = || text.lines().map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
        let named = words().filter_map(|line| match line.as_slice() {
            ["nameserver", address, ..] => address.parse::<IpAddr>().ok(),
            _ => None,
        });
        let mut addresses: Vec<SocketAddr> = named.take(3).map(|address| SocketAddr::new(address, 53)).collect();
        if addresses.is_empty() {
            addresses.push(SocketAddr::from((Ipv4Addr::LOCALHOST, 53)));
        }
        let options: Vec<&str> = words().filter(|line| line.first() == Some(&"options")).flatten().collect();
        let option = |name: &str| options.iter().rev().find_map(|word| word.strip_prefix(name)?.parse::<u64>().ok());
        Self {
            addresses,
            patience: Duration::from_secs(option("timeout:").unwrap_or(5).clamp(1, 30)),
            attempts: usize::try_from(option("attempts:").unwrap_or(2).clamp(1, 5)).unwrap_or(2),
        }
    }

    /// Asks everything at once, and what has no clear answer of the next resolver, until the time is over. The answers are in the order of
    /// the questions.
    pub(super) fn ask(&self, questions: Vec<Question>, until: Instant) -> Result<Vec<Answered>, Trouble> {
        let mut answers: Vec<Answered> = questions.iter().map(|_| Err(Trouble::Timeout)).collect();
        let tries = self.addresses.len() * self.attempts;
        for (index, resolver) in self.addresses.iter().cycle().take(tries).enumerate() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || answers.iter().all(Result::is_ok) {
                break;
            }
            let share = left / u32::try_from(tries - index).unwrap_or(u32::MAX);
            let round = Round { resolver: *resolver, until: Instant::now() + share.min(self.patience) };
            if let Err(why) = round.ask(&questions, &mut answers) {
                let why = Trouble::of("asking the resolver", why);
                // Each has the same to say; the first that has nothing yet says it.
                if let Some(open) = answers.iter_mut().find(|answer| matches!(answer, Err(Trouble::Timeout))) {
                    *open = Err(why);
                }
            }
        }
        Ok(answers)
    }
}

/// One try with one resolver.
struct Round {
    resolver: SocketAddr,
    until: Instant,
}

impl Round {
    /// Asks what has no clear answer yet. The socket is a new one each time, so that its port is as random as the system makes it, and
    /// connected, so that nobody else's datagrams arrive.
    fn ask(&self, questions: &[Question], answers: &mut [Answered]) -> io::Result<()> {
        let own: IpAddr = if self.resolver.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((own, 0))?;
        socket.connect(self.resolver)?;
        let mut open = 0_usize;
        for (question, answer) in questions.iter().zip(answers.iter_mut()).filter(|(_, answer)| answer.is_err()) {
            match question.bytes() {
                Some(bytes) => {
                    socket.send(&bytes)?;
                    open += 1;
                }
                None => *answer = Ok(Vec::new()),
            }
        }
        let mut has_reply = vec![false; questions.len()];
        let mut buffer = [0; 4096];
        while open > 0 {
            socket.set_read_timeout(Some(self.left()?))?;
            let length = socket.recv(&mut buffer)?;
            let datagram = buffer.get(..length).unwrap_or_default();
            for ((question, answer), has_reply) in questions.iter().zip(answers.iter_mut()).zip(&mut has_reply) {
                if answer.is_ok() || *has_reply {
                    continue;
                }
                let said = match question.reply(datagram) {
                    Reply::Foreign => continue,
                    Reply::Truncated => self.ask_by_tcp(question),
                    Reply::Answer(said) => said,
                };
                (*answer, *has_reply) = (said, true);
                open -= 1;
                break;
            }
        }
        Ok(())
    }

    /// RFC 7766: the same question behind its length.
    fn ask_by_tcp(&self, question: &Question) -> Answered {
        let fetch = || -> io::Result<Vec<u8>> {
            let bytes = question.bytes().unwrap_or_default();
            let mut stream = TcpStream::connect_timeout(&self.resolver, self.left()?)?;
            stream.set_write_timeout(Some(self.left()?))?;
            stream.write_all(&[&u16::try_from(bytes.len()).unwrap_or_default().to_be_bytes(), bytes.as_slice()].concat())?;
            let mut length = [0; 2];
            self.fill(&mut stream, &mut length)?;
            let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
            self.fill(&mut stream, &mut answer)?;
            Ok(answer)
        };
        let answer = fetch().map_err(|why| Trouble::of("asking the resolver by TCP", why))?;
        match question.reply(&answer) {
            Reply::Answer(said) => said,
            Reply::Foreign | Reply::Truncated => Err(Trouble::Unknown("an answer by TCP to another question".to_owned())),
        }
    }

    /// Each read gets the time that is left of the whole, so that a byte a second does not keep us.
    fn fill(&self, stream: &mut TcpStream, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            stream.set_read_timeout(Some(self.left()?))?;
            let count = stream.read(buffer)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            buffer = buffer.get_mut(count..).unwrap_or_default();
        }
        Ok(())
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resolvers_of_the_system_are_read() {
        let text = "# a\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver x\noptions timeout:3 attempts:1 rotate\n";
        let read = Resolvers::read(text);
        assert_eq!(read.addresses, ["192.0.2.1:53", "[2001:db8::1]:53"].map(|address| address.parse().unwrap()));
        assert_eq!((read.patience, read.attempts), (Duration::from_secs(3), 1));
        let none = Resolvers::read("");
        assert_eq!(none.addresses, [SocketAddr::from((Ipv4Addr::LOCALHOST, 53))]);
        assert_eq!((none.patience, none.attempts), (Duration::from_secs(5), 2));
    }
}
