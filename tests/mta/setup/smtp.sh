# Hands in one message over SMTP on port 25 of this machine, from $1 to $2: what stdin holds, with CRLF line ends and no line that begins
# with a dot. Fails where the server does not accept it.
exec 3<>/dev/tcp/127.0.0.1/25 || exit 1

hear() {
    while IFS= read -r -t 60 -u 3 line; do
        case $line in
        [23]??-*) ;;
        [23]*) return ;;
        *) echo "$line" >&2; exit 1 ;;
        esac
    done
    exit 1
}

say() {
    printf '%s\r\n' "$1" >&3
    hear
}

hear
say "HELO localhost"
say "MAIL FROM:<$1>"
say "RCPT TO:<$2>"
say "DATA"
cat >&3
say "."
say "QUIT"
