# Through the batch interfaces: the same rows for half the price, and nothing is sent twice, whatever happens between.
. "$(dirname "$0")/lib.sh"
"$PLUMB" init >/dev/null

# stats NAME: a number of the stand-in vendor's books.
stats() { mock_books | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
write_config() {
  cat >eval.yaml <<YAML
datasets: [$SOURCE/datasets/postings]
prompts: [$SOURCE/prompts/examples]
models:
  - {name: mock, provider: openai, id: mock-a, base_url: "$MOCK_URL", price: {input: 1, output: 2}}
  - {name: clone, provider: anthropic, id: mock-b, base_url: "${MOCK_URL%/v1}", price: {input: 1, output: 2}}
YAML
}
# What differs between a batch and asking directly: costs, and times that nobody measured.
answers() { board --all --store "$1" | grep -vE '"cost_usd":'; }
cost_of() { "$PLUMB" leaderboard --format json --all --store "$1" | sed -n 's/.*"cost_usd": \([0-9.e-]*\).*/\1/p' | head -1; }

start_mock --answer-from-context --track-bodies
write_config
expect 0 "$PLUMB" run --batch --filter-first-n 8 --store batch.db
grep -q '48 of 48 cells' out || { cat out err; fail "not all cells were filled"; }
err_has "has ended: 24 of 24 answered"
[ "$(stats batches)" = 2 ] && [ "$(stats batch_requests)" = 48 ] && [ "$(stats chat)" = 0 ] || fail "not sent as batches"
expect 0 "$PLUMB" run --filter-first-n 8 --store live.db
[ "$(stats chat)" = 48 ] || fail "not asked directly"
[ "$(answers batch.db)" = "$(answers live.db)" ] || fail "the answers differ"
awk "BEGIN { exit !($(cost_of batch.db) * 2 == $(cost_of live.db)) }" || fail "not half the price"
kill "$MOCK_PID"

# What errs or expires in a batch is asked directly.
start_mock --answer-from-context --batch-error-every 4 --batch-expire-every 4
write_config
expect 0 "$PLUMB" run --batch --filter-first-n 8 --store faults.db
[ "$(stats chat)" -gt 0 ] || fail "nothing was asked directly"
[ "$(answers faults.db)" = "$(answers live.db)" ] || fail "the answers differ after faults"
kill "$MOCK_PID"

# Killed, and interrupted, while the vendor works: the next run fetches what was sent.
start_mock --answer-from-context --track-bodies --batch-ms 6000
write_config
"$PLUMB" run --batch --filter-first-n 8 --store cut.db >/dev/null 2>&1 &
victim=$!
for _ in $(seq 400); do [ "$(stats batches)" = 2 ] && break; sleep 0.02; done
kill -9 "$victim"
wait "$victim" 2>/dev/null
"$PLUMB" run --batch --filter-first-n 8 --store cut.db >out 2>err &
victim=$!
for _ in $(seq 400); do grep -q 'is there from before\|looking for it' err && break; sleep 0.02; done
kill -INT "$victim"
wait "$victim"
[ $? -eq 130 ] || { cat err; fail "not interrupted"; }
err_has "stays at the vendor"
expect 0 "$PLUMB" run --filter-first-n 8 --store cut.db
[ "$(stats batches)" = 2 ] && [ "$(stats batch_requests)" = 48 ] && [ "$(stats chat)" = 0 ] || fail "sent more than once"
[ "$(stats body_times_max)" = 1 ] || fail "a question was worked on twice"
[ "$(answers cut.db)" = "$(answers live.db)" ] || fail "the answers differ after a crash"
