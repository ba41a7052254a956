# Over HTTP: a run that is killed and continued gives the board of one that was not.
. "$(dirname "$0")/lib.sh"
"$PLUMB" init >/dev/null
start_mock --latency-ms 30 --track-bodies --answer-from-context
cat >eval.yaml <<YAML
datasets: [$SOURCE/datasets/postings]
prompts: [$SOURCE/prompts/examples]
models: [{name: mock, provider: openai, id: mock-a, base_url: "$MOCK_URL"}]
limits: {in_flight_max: 4}
YAML

expect 0 "$PLUMB" run --filter-first-n 60 --store whole.db
grep -q '180 of 180 cells' out || { cat out; fail "not all cells were filled"; }

"$PLUMB" run --filter-first-n 60 --store cut.db >/dev/null 2>&1 &
victim=$!
for _ in $(seq 200); do
  sleep 0.02
  done_cells=$("$PLUMB" list --store cut.db --format json 2>/dev/null | sed -n 's/.*"cells_finished": \([0-9]*\).*/\1/p')
  [ "${done_cells:-0}" -ge 20 ] && break
done
kill -9 "$victim"
wait "$victim" 2>/dev/null
before=$("$PLUMB" list --store cut.db --format json | sed -n 's/.*"cells_finished": \([0-9]*\).*/\1/p')
[ "$before" -gt 0 ] && [ "$before" -lt 180 ] || fail "the kill came too early or too late: $before cells"

expect 0 "$PLUMB" run --filter-first-n 60 --store cut.db
err_has "continuing run"
[ "$(board --store whole.db --all)" = "$(board --store cut.db --all)" ] || fail "the boards differ"
