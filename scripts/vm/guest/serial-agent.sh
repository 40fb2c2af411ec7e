#!/bin/bash
# Runs what arrives on the second serial port as root, one command at a time, and answers in frames. Kernel messages
# and the login prompt own the first port, so nothing else ever writes here. It is no PAM session: a limits.conf that
# locks everybody out does not lock out the test.
#
#   host  -> guest   ID SECONDS BASE64(script)\n
#   guest -> host    @begin ID\n  BASE64(gzip(output)) in lines  @end ID EXITCODE\n
#   guest -> host    @ready BOOTID\n   at start, and as the answer to an empty line
port=/dev/ttyS1
exec <"$port" >"$port" 2>/dev/null
# raw: no echo, no line editing (which would cut lines at 4,096 bytes), no wrapping, no output translation.
stty raw -echo 115200
folder=$(mktemp -d /run/serial-agent.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd /root || exit 1
export HOME=/root USER=root LOGNAME=root TERM=dumb LC_ALL=C.UTF-8

greet() { printf '@ready %s\n' "$(</proc/sys/kernel/random/boot_id)"; }

greet
while IFS= read -r line; do
  read -r id seconds script <<<"${line::80}"
  if [[ ! $id =~ ^[0-9a-z]+$ || ! $seconds =~ ^[0-9]+$ ]]; then
    greet
    continue
  fi
  printf '%s' "${line#"$id $seconds "}" | base64 -d >"$folder/script"
  # A fresh session per command, so that its time limit ends everything in its foreground; the agent's own
  # protection from the out-of-memory killer is not inherited.
  choom -n 0 -- setsid --wait timeout --kill-after=5 "$seconds" bash "$folder/script" \
    </dev/null >"$folder/output" 2>&1
  code=$?
  printf '@begin %s\n' "$id"
  gzip -1 -c "$folder/output" | base64 -w 1024
  printf '@end %s %s\n' "$id" "$code"
done
