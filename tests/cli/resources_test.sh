# F56 to F62: too few descriptors, too little memory, clocks that jump, an output that nobody takes.
. "$(dirname "$0")/lib.sh"
start_mock --latency-ms 10 --track-bodies --answer-from-context
mock_eval
sed -i 's/in_flight_max: 8/in_flight_max: 64/' eval.yaml

sanitized=no
if grep -qa __asan_init "$PLUMB" || grep -qa __tsan_init "$PLUMB"; then sanitized=yes; fi

# Descriptors: fewer requests at a time, and no cell fails for it. UBSan looks at memory through a pipe of its own, and
# takes what it cannot look at for broken.
if [ "$sanitized" = no ]; then
  for files in 24 32 64; do
    status=0
    (ulimit -n "$files" && exec "$PLUMB" run --filter-first-n 60 --store "files$files.db") >out 2>err || status=$?
    [ "$status" -eq 0 ] || { cat out err >&2; fail "exit $status with $files descriptors"; }
    [ "$(cells_finished "files$files.db")" -eq 60 ] || fail "$files descriptors lost cells"
  done
else
  skip "F56: a sanitizer needs descriptors of its own"
fi

# Memory: it runs, or says that it cannot; and what it stored is sound either way. Sanitizers need more than is left.
if [ "$sanitized" = no ]; then
  for kilobytes in 40000 80000 150000 400000; do
    status=0
    (ulimit -v "$kilobytes" && exec "$PLUMB" run --filter-first-n 60 --store memory.db) >out 2>err || status=$?
    [ "$status" -ne 139 ] || { cat err >&2; fail "a crash with $kilobytes KB"; }
    rm -f core*
  done
  expect 0 "$PLUMB" run --filter-first-n 60 --store memory.db
  [ "$(cells_finished memory.db)" -eq 60 ] || fail "too little memory lost cells"
else
  skip "F57: a sanitizer takes more memory than a limit would leave"
fi
skip "F43: scorers run in the process; a crash in one is as F39"
skip "F58: root may start as many threads as it likes"

# Clocks: ten days ahead or back in the middle of a run, and nothing times out.
for jump in +864000 -864000 -1700000000; do
  status=0
  with_shim "clock $jump 100" "$PLUMB" run --filter-first-n 60 --store "clock$jump.db" >out 2>err || status=$?
  if [ "$status" -eq 77 ]; then skip "F59: no C compiler for a clock that jumps"; break; fi
  [ "$status" -eq 0 ] || { cat out err >&2; fail "exit $status when the clock jumps by $jump s"; }
  out_has "60 of 60 cells"
done
skip "F60: suspending a machine; a process that is stopped and goes on is in signals_test.sh"

# An output that is full: the results are stored all the same, and it is said.
if [ -e /dev/full ]; then
  status=0
  "$PLUMB" run --filter-first-n 60 --store full.db >/dev/full 2>err || status=$?
  [ "$status" -eq 5 ] || fail "exit $status with standard output on a full disk"
  err_has "standard output could not be written"
  [ "$(cells_finished full.db)" -eq 60 ] || fail "a full output lost cells"
  status=0
  "$PLUMB" run --filter-first-n 60 --store full2.db >/dev/full 2>/dev/full || status=$?
  [ "$(cells_finished full2.db)" -eq 60 ] || fail "a full standard error lost cells"
fi
