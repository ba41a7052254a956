# Ctrl-C finishes what is in flight and keeps it; running again asks only for the rest.
. "$(dirname "$0")/lib.sh"
start_mock --latency-ms 40 --track-bodies --answer-from-context
cat >eval.yaml <<YAML
datasets: [$SOURCE/datasets/memes]
prompts: [$SOURCE/prompts/examples]
models: [{name: mock, provider: openai, id: mock-a, base_url: "$MOCK_URL"}]
limits: {in_flight_max: 4}
YAML
stats() {  # the vendor's own books
  exec 3<>"/dev/tcp/127.0.0.1/$(cat mock.port)"
  printf 'GET /stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3
  tr -d '\r' <&3
  exec 3>&-
}

"$PLUMB" run --filter-first-n 40 --store cut.db >out 2>err &
run=$!
for _ in $(seq 200); do
  sleep 0.02
  done_cells=$("$PLUMB" list --store cut.db --format json 2>/dev/null | sed -n 's/.*"cells_finished": \([0-9]*\).*/\1/p')
  [ "${done_cells:-0}" -ge 10 ] && break
done
kill -INT "$run"
status=0
wait "$run" || status=$?
[ "$status" -eq 130 ] || fail "exit $status instead of 130"
err_has "'plumb run' goes on from there"

expect 0 "$PLUMB" run --filter-first-n 40 --store cut.db
err_has "continuing run"
out_has "120 of 120 cells"
stats >books
grep -q '"bodies_repeated":0' books || { cat books >&2; fail "something was asked twice"; }
grep -q '"bodies_distinct":120' books || { cat books >&2; fail "not every cell was asked once"; }

# Nothing is left to ask; --fresh asks all again.
expect 0 "$PLUMB" run --filter-first-n 40 --store cut.db
err_has "has all 120 cells already"
expect 0 "$PLUMB" run --filter-first-n 5 --store cut.db --fresh
err_has "15 cells"
