#!/bin/sh
# Puts six messages through mailward's embedded default into a maildir, prints what became of each, and explains one of them.
# Usage: demo.sh MAILWARD FOLDER. The folder is made anew. Needs nothing but a POSIX shell; nothing leaves it.
set -eu

mailward=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder/mail"

# Only paths are set here; everything else is what mailward does when nothing is configured.
cat > "$folder/mailward.toml" <<END
[delivery]
maildir = "$folder/maildir"
[quarantine]
path = "$folder/quarantine"
[limits]
free_space = "1M"
[notice]
sendmail = ["/bin/sh", "-c", "cat > '$folder/admin-notice'"]
[log]
to = "$folder/log"
END

# The test file of EICAR, in two pieces, so that no scanner takes this script for it.
eicar='X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR''-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'

header() { # subject
    printf 'From: Ann <ann@example.org>\nTo: bob@example.com\nSubject: %s\nDate: Mon, 5 Jan 2026 10:00:00 +0000\nMIME-Version: 1.0\n' "$1"
}

attachment() { # type, name, body
    printf 'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee the attachment.\n--b\n'
    printf 'Content-Type: %s; name="%s"\nContent-Disposition: attachment; filename="%s"\n\n%s\n--b--\n' "$1" "$2" "$2" "$3"
}

cd "$folder/mail"
{ header 'Lunch'; printf '\nToday at noon?\n'; } > 1-plain-text
{ header 'Our newsletter'; printf 'Content-Type: text/html; charset=utf-8\n\n<html><body><h1>News</h1><p>Read <a href="https://example.org/">more</a>.</p></body></html>\n'; } > 2-html-newsletter
{ header 'Your file'; attachment text/plain test.txt "$eicar"; } > 3-eicar-attachment
{ header 'Fwd: Your file'; printf 'Content-Type: message/rfc822\n\n'; header 'Your file'; attachment text/plain test.txt "$eicar"; } > 4-eicar-forwarded
{ header 'Invoice'; attachment application/octet-stream invoice.pdf.exe 'MZ (not really a program)'; } > 5-exe-attachment
{ header 'Which one?'; printf 'Content-Type: text/plain\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\nUmVhZGVycyBkaXNhZ3JlIG9uIHRoaXM=\n'; } > 6-broken-mime

field() { # key of the last log line
    tail -n 1 "$folder/log" | sed -n "s/.* $1=\"\\([^\"]*\\)\".*/\\1/p; t; s/.* $1=\\([^ ]*\\).*/\\1/p"
}

printf '\n%-20s %-44s %-10s %s\n' MESSAGE FINDING ACTION 'WHERE IT WENT'
for message in *; do
    "$mailward" deliver --config "$folder/mailward.toml" --sender ann@example.org --recipient bob@example.com < "$message"
    finding=$(tail -n 1 "$folder/log" | sed -n 's/.* class=\([^ ]*\) name="\{0,1\}\([^"]*\)"\{0,1\} action=.*/\1 \2/p')
    action=$(field treatment)
    id=$(field quarantine)
    case $action in
    replace) where="notice in maildir, original in quarantine" ;;
    *strip*) where="rest in maildir, original in quarantine" ;;
    *) where="maildir, one line on top" ;;
    esac
    printf '%-20s %-44s %-10s %s\n' "$message" "$finding" "${action:-accept}" "$where${id:+ (${id%????????????????????????}...)}"
done

count() { # folder
    find "$1" -type f | wc -l
}

printf '\n%s messages in %s, %s originals in %s\n' \
    "$(count "$folder/maildir/new")" "$folder/maildir/new" "$(count "$folder/quarantine/new")" "$folder/quarantine/new"
test "$(count "$folder/maildir/new")" -eq 6 && test "$(count "$folder/quarantine/new")" -eq 4 || { echo 'expected 6 and 4' >&2; exit 1; }
printf '\n$ mailward explain 5-exe-attachment\n'
"$mailward" explain --config "$folder/mailward.toml" --sender ann@example.org --recipient bob@example.com 5-exe-attachment
