//! The tree that html5ever builds of a page, walked without recursion.
//!
//! Owns nothing but the walk: what it means is for others to say.

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, QualName, local_name, ns, parse_document, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// How a reader takes a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// As a document.
    Document,
    /// As something to put into the body of its own.
    Body,
}

/// What stands in a tree.
pub(super) enum Thing<'t> {
    /// A document type, by its identifiers.
    Doctype { public: &'t str, system: &'t str },
    /// A comment, or what is taken for one.
    Comment(&'t str),
    /// An element.
    Element { name: &'t str, is_foreign: bool, attributes: &'t [(String, String)], text: &'t str },
}

/// Tells `each` what stands in `page`, in no order that matters.
pub(super) fn walk(page: &[u8], context: Context, scripting: bool, each: &mut dyn FnMut(Thing<'_>)) {
    let dom = parse(page, context, scripting);
    let mut open = vec![dom.document.clone()];
    while let Some(node) = open.pop() {
        tell(&node, each);
        open.extend(node.children.borrow().iter().cloned());
        if let NodeData::Element { template_contents, .. } = &node.data {
            open.extend(template_contents.borrow().clone());
        }
    }
}

fn parse(page: &[u8], context: Context, scripting: bool) -> RcDom {
    let options = || ParseOpts {
        tree_builder: TreeBuilderOpts { scripting_enabled: scripting, ..TreeBuilderOpts::default() },
        ..ParseOpts::default()
    };
    match context {
        Context::Document => parse_document(RcDom::default(), options()).from_utf8().one(page),
        Context::Body => {
            let body = QualName::new(None, ns!(html), local_name!("body"));
            parse_fragment(RcDom::default(), options(), body, Vec::new(), scripting).from_utf8().one(page)
        }
    }
}

fn tell(node: &Handle, each: &mut dyn FnMut(Thing<'_>)) {
    match &node.data {
        NodeData::Doctype { public_id, system_id, .. } => each(Thing::Doctype { public: public_id, system: system_id }),
        NodeData::Comment { contents } => each(Thing::Comment(contents)),
        NodeData::ProcessingInstruction { target, contents } => each(Thing::Comment(&format!("?{target} {contents}"))),
        NodeData::Element { name, attrs, .. } => {
            let attributes: Vec<(String, String)> =
                attrs.borrow().iter().map(|attr| (full_name(&attr.name), attr.value.to_string())).collect();
            let text = if (*name.local).eq_ignore_ascii_case("style") { text_in(node) } else { String::new() };
            each(Thing::Element { name: &full_name(name), is_foreign: name.ns != ns!(html), attributes: &attributes, text: &text });
        }
        NodeData::Document | NodeData::Text { .. } => {}
    }
}

fn full_name(name: &QualName) -> String {
    match &name.prefix {
        Some(prefix) => format!("{prefix}:{}", name.local),
        None => name.local.to_string(),
    }
}

fn text_in(node: &Handle) -> String {
    let mut text = String::new();
    for child in node.children.borrow().iter() {
        if let NodeData::Text { contents } = &child.data {
            text.push_str(&contents.borrow());
        }
    }
    text
}

/// Elements whose text no reader shows, or whose fallback is raw text to those that know them.
const UNSEEN: [&str; 6] = ["script", "style", "iframe", "noembed", "noframes", "template"];

/// The words that a reader without scripts shows, in their order. Tags do not part words: a tag that goes leaves no blank.
pub(crate) fn words(page: &[u8]) -> Vec<String> {
    let dom = parse(page, Context::Document, false);
    let (mut open, mut text) = (vec![dom.document.clone()], String::new());
    while let Some(node) = open.pop() {
        match &node.data {
            NodeData::Text { contents } => text.push_str(&contents.borrow()),
            NodeData::Element { name, .. } if UNSEEN.contains(&&*name.local) => {}
            _ => open.extend(node.children.borrow().iter().rev().cloned()),
        }
    }
    text.split_whitespace().map(str::to_owned).collect()
}
