# F44 to F46: two runs on one store, and what a change of the evaluation does to what is there.
. "$(dirname "$0")/lib.sh"
start_mock --latency-ms 60000
mock_eval

# A second writer is refused at once and names the first; it asks nothing.
"$PLUMB" run --filter-first-n 40 >first.out 2>first.err &
first=$!
for _ in $(seq 400); do [ "$(mock_books | number_in in_flight)" -ge 8 ] && break; sleep 0.05; done
for _ in $(seq 20); do
  expect 5 "$PLUMB" run --filter-first-n 40
  err_has "$first"
done
[ "$(mock_books | number_in chat)" -eq 8 ] || fail "the second writer asked something"
expect 0 "$PLUMB" list  # readers are not in its way
# The lock of a process that is gone is none.
kill -9 "$first"; wait "$first" 2>/dev/null
restart_mock --track-bodies --answer-from-context
expect 0 "$PLUMB" run --filter-first-n 40
err_has "continuing run"
[ "$(cells_finished)" -eq 40 ] || fail "not all cells were filled"
skip "F45: two stores, one key: each paces itself; there is no limiter that processes share"

# A changed prompt makes new cells; the old ones stay, and count again when the change is taken back.
restart_mock --track-bodies --answer-from-context
cp "$SOURCE/prompts/examples/plain.yaml" plain.yaml
sed -i "s|prompts: .*|prompts: [plain.yaml]|" eval.yaml
expect 0 "$PLUMB" run --filter-first-n 10 --store changed.db
sed 's/user: |/user: |\n  !/' plain.yaml >changed.yaml && cp plain.yaml kept.yaml && cp changed.yaml plain.yaml
expect 0 "$PLUMB" run --filter-first-n 10 --store changed.db
[ "$(mock_books | number_in bodies_distinct)" -eq 20 ] || fail "the changed prompt was not asked"
cp kept.yaml plain.yaml
expect 0 "$PLUMB" run --filter-first-n 10 --store changed.db
err_has "has all 10 cells already"
[ "$(mock_books | number_in bodies_repeated)" -eq 0 ] || fail "what was there was asked again"
