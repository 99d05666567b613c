#!/usr/bin/env bash
# The tests and the page checks in a real browser, side by side on two cores; the second one's words come after the first's.
set -u
python=$1
words=$(mktemp)
trap 'rm -f "$words"' EXIT
"$python" -m pytest accessibility_tests >"$words" 2>&1 &
browser=$!
"$python" -m pytest tests
tests=$?
wait "$browser"
pages=$?
cat "$words"
exit $((tests > pages ? tests : pages))
