#!/bin/sh
# As much of systemctl(1) as setup asks about OpenSMTPD: is-active and restart.
file=/run/smtpd.process
read -r process 2>/dev/null <$file || process=none
case $1 in
is-active) exec test -d /proc/$process ;;
restart)
    kill $process 2>/dev/null
    tries=600
    while test -d /proc/$process; do
        test $((tries -= 1)) -gt 0 || exit 1
        sleep 0.1
    done
    smtpd -F >/dev/null 2>&1 </dev/null &
    echo $! >$file
    ;;
esac
