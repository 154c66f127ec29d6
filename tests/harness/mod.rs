//! What the black-box tests stand on: a site of one's own, a call of the built program, a delivery agent and scanners that are fakes.
//!
//! A test makes a [`Site`], calls mailward there, and compares status, output and what the delivery agent got. Nothing here knows
//! what mailward is made of; it sees the program as an MTA does.

mod call;
mod clamd;
mod ended;
mod http;
mod mails;
mod show;
mod site;
mod started;
mod talk;
mod user;
mod wait;

pub(crate) use call::{Call, run_helper};
pub(crate) use clamd::Clamd;
pub(crate) use ended::Ended;
pub(crate) use http::{Exchange, Http};
pub(crate) use mails::{PLAIN, attachment, base64, eicar, eicar_in_base64, infected, multipart, with_crlf};
pub(crate) use show::{assert_same, shown};
pub(crate) use site::{Site, sh, sh_on_file};
pub(crate) use started::Started;
pub(crate) use talk::{Asked, Talk};
pub(crate) use user::{NOBODY, OTHER, is_root, runs_as_root};
pub(crate) use wait::{is_alive, until};
