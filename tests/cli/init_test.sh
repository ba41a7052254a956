# What a newcomer does: init, run, look, run again.
. "$(dirname "$0")/lib.sh"

expect 0 "$PLUMB" init
[ -f eval.yaml ] && [ -f prompts/me/plain.yaml ] || fail "init wrote no files"
expect 0 "$PLUMB" validate
expect 0 "$PLUMB" run
out_has "extractive · me/plain"
out_has "controls: known samples, never ranked"
out_has "planted errors caught"
[ -f plumb.db ] || fail "no database"

expect 0 "$PLUMB" run
err_has "has all 9 cells already"
expect 0 "$PLUMB" run --fresh
err_has "9 cells"
expect 0 "$PLUMB" list
[ "$(grep -c '9/9' out)" -eq 2 ] || fail "two runs should be listed"

expect 2 "$PLUMB" init
err_has "nothing was written: these exist already"
expect 0 "$PLUMB" init elsewhere
[ -f elsewhere/eval.yaml ] || fail "init wrote no folder"
