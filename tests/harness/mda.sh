#!/bin/sh
# The fake delivery agent: stores what it is given in a folder beside itself, then ends with the status that stands in mda.status.
here=${0%/*}
to=$(mktemp -d "$here/delivered/XXXXXXXX") || exit 70
printf '%s\0' "$0" "$@" > "$to/words"
cat "/proc/$$/environ" > "$to/environment"
pwd -P > "$to/folder"
cat > "$to/message"
read -r status < "$here/mda.status"
exit "$status"
