#!/usr/bin/env bash
# The tests and then those on a real server, and beside them on the second core the page checks in a real browser, whose words
# come after the first's.
set -u
python=$1
# The tests wait for the disk thousands of times; where there is room in memory, their throw-away databases lie there.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ -w /dev/shm ] && [ "${room:-0}" -gt 4000000 ]; then export TMPDIR=/dev/shm; fi
# A known weakness fails; a machine that cannot ask says so, here and at the end, and goes on.
known_words=$("$python" scripts/advisories.py --may-be-away)
known=$?
echo "$known_words"
words=$(mktemp)
trap 'rm -f "$words"' EXIT
"$python" -m pytest accessibility_tests >"$words" 2>&1 &
browser=$!
"$python" -m pytest tests --ignore=tests/soak
tests=$?
"$python" -m pytest tests/soak
soaked=$?
tests=$((tests > soaked ? tests : soaked))
wait "$browser"
pages=$?
echo "$known_words"
cat "$words"
worst=$((tests > pages ? tests : pages))
exit $((worst > known ? worst : known))
