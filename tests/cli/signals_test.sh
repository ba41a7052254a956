# F40 to F42: what a run does when it is told to stop, to pause, or when nobody listens to it any more.
. "$(dirname "$0")/lib.sh"
start_mock --latency-ms 400 --track-bodies --answer-from-context
mock_eval
run() { "$PLUMB" run --filter-first-n 100 --store "$1" >out 2>err & RUN=$!; }

# Once: what is in flight is finished and kept, exit 130, and how to go on.
for signal in INT TERM HUP; do
  run "$signal.db"
  wait_for_cells 4 "$signal.db"
  kill -"$signal" "$RUN"
  ends_within 10 "$RUN"
  [ "$STATUS" -eq 130 ] || fail "exit $STATUS after SIG$signal"
  err_has "'plumb run' goes on from there"
  [ "$(cells_finished "$signal.db")" -lt 100 ] || fail "SIG$signal came too late"
done
expect 0 "$PLUMB" run --filter-first-n 100 --store TERM.db
err_has "continuing run"
[ "$(mock_books | number_in body_times_max)" -le 3 ] || fail "more was asked than once in each store"

# Paused for a while, and gone on: nothing is given up and nothing asked twice.
restart_mock --latency-ms 300 --track-bodies --answer-from-context
mock_eval "timeout_s: 2"
run paused.db
wait_for_cells 4 paused.db
kill -STOP "$RUN"
sleep 3
kill -CONT "$RUN"
ends_within 20 "$RUN"
[ "$STATUS" -eq 0 ] || { cat err >&2; fail "exit $STATUS after a pause"; }
[ "$(cells_finished paused.db)" -eq 100 ] || fail "a pause lost cells"
[ "$(mock_books | number_in bodies_distinct)" -eq 100 ] || fail "not every cell was asked"
[ "$(mock_books | number_in bodies_repeated)" -le 8 ] || fail "the pause had more asked again than was in flight"

# Nobody reads its output any more: the results are stored all the same.
"$PLUMB" run --filter-first-n 60 --store pipe.db 2>/dev/null | head -n 1 >/dev/null
[ "$(cells_finished pipe.db)" -eq 60 ] || fail "a closed pipe stopped the run"

# Twice: what is in flight is cut off, within 2 seconds; what was acknowledged stays, and the rest is asked again.
restart_mock --latency-ms 30000
mock_eval
run twice.db
for _ in $(seq 200); do [ "$(mock_books | number_in in_flight)" -ge 8 ] && break; sleep 0.05; done
kill -INT "$RUN"
sleep 0.3
kill -0 "$RUN" || fail "the first signal did not wait for what was in flight"
kill -INT "$RUN"
ends_within 2 "$RUN"
[ "$STATUS" -eq 130 ] || fail "exit $STATUS after two signals"
[ "$(cells_finished twice.db)" -eq 0 ] || fail "cells were finished without an answer"
if command -v sqlite3 >/dev/null; then
  open=$(count "SELECT count(*) FROM attempts WHERE id NOT IN (SELECT attempt_id FROM replies WHERE state <> 1)" twice.db)
  [ "$open" -eq 8 ] || fail "$open requests are told to be unclear, of 8"
fi
