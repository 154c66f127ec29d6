# What Python's email takes out of messages. Each comes on stdin with its length before it; of each go out, for either policy, a list
# of contents and a list of names. Every number is of four bytes, little-endian. What raises an exception shows a reader nothing.

import email
import email.policy
import struct
import sys
import warnings

POLICIES = (email.policy.compat32, email.policy.default)


def content_of(part):
    if part.is_multipart():
        return None
    return part.get_payload(decode=True)


def name_of(part):
    name = part.get_filename()
    return name and str(name).encode("utf-8", "surrogateescape")


def parts(message):
    try:
        yield from message.walk()
    except Exception:
        return


def ask(question, part):
    try:
        return question(part) or None
    except Exception:
        return None


def extract(message, policy):
    try:
        root = email.message_from_bytes(message, policy=policy)
    except Exception:
        return [], []
    contents, names = [], []
    for part in parts(root):
        contents.append(ask(content_of, part))
        names.append(ask(name_of, part))
    return [content for content in contents if content], [name for name in names if name]


def write_list(output, items):
    output.write(struct.pack("<I", len(items)))
    for item in items:
        output.write(struct.pack("<I", len(item)))
        output.write(item)


def main():
    warnings.simplefilter("ignore")
    source, output = sys.stdin.buffer, sys.stdout.buffer
    while length := source.read(4):
        message = source.read(struct.unpack("<I", length)[0])
        for policy in POLICIES:
            for items in extract(message, policy):
                write_list(output, items)
        output.flush()


main()
