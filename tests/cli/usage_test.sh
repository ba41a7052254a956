# Mistakes on the command line: one line that says what to type, exit 2, nothing written.
. "$(dirname "$0")/lib.sh"

expect 2 "$PLUMB"
out_has "Commands"
expect 2 "$PLUMB" leaderbord
err_has "did you mean 'leaderboard'?"
expect 2 "$PLUMB" run --frehs
err_has "did you mean '--fresh'?"
expect 2 "$PLUMB" run --repeat many
expect 2 "$PLUMB" run
err_has "no eval.yaml here; 'plumb init' writes one"
expect 2 "$PLUMB" run extra
expect 0 "$PLUMB" --version
out_has "plumb "
for command in run eval leaderboard list show submit validate doctor init; do
  expect 0 "$PLUMB" help "$command"
  out_has "Examples"
  out_has "plumb "
  expect 0 "$PLUMB" "$command" --help
done
expect 5 "$PLUMB" leaderboard
err_has "plumb run"

"$PLUMB" init >/dev/null
expect 2 "$PLUMB" run --repeat 0
err_has "--repeat takes a whole number from 1 to 1000, not '0'"
expect 2 "$PLUMB" run --format jsn
err_has "did you mean 'json'?"
expect 2 "$PLUMB" run --filter-models nothing
err_has "no system is left"
expect 2 "$PLUMB" run --as-of yesterday
expect 2 "$PLUMB" list sytems
err_has "did you mean 'systems'?"
[ ! -e plumb.db ] || fail "a usage error wrote a database"
"$PLUMB" help | head -n 1 >/dev/null || fail "a closed pipe is no error"
