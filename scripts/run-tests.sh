#!/usr/bin/env bash
# The tests, and beside them the page checks in a real browser and the tests on a real server, which wait most of the time; the
# words of these two come after the first's.
set -u
python=$1
# The tests wait for the disk thousands of times; where there is room in memory, their throw-away databases lie there.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ -w /dev/shm ] && [ "${room:-0}" -gt 4000000 ]; then export TMPDIR=/dev/shm; fi
# A known weakness fails; a machine that cannot ask says so, here and at the end, and goes on.
known_words=$("$python" scripts/advisories.py --may-be-away)
known=$?
echo "$known_words"
words=$(mktemp -d)
trap 'rm -rf "$words"' EXIT
worst=$known
declare -A beside
for part in accessibility_tests tests/soak; do
  "$python" -m pytest "$part" >"$words/${part##*/}" 2>&1 &
  beside[$part]=$!
done
"$python" -m pytest tests --ignore=tests/soak
ended=$?
worst=$((worst > ended ? worst : ended))
for part in tests/soak accessibility_tests; do
  wait "${beside[$part]}"
  ended=$?
  worst=$((worst > ended ? worst : ended))
  cat "$words/${part##*/}"
done
echo "$known_words"
exit "$worst"
