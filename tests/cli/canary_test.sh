# A key is in no place but the header that carries it: not in the database, an output, a report or an argument; not
# reversed, in base64 or percent-encoded either. The vendor here repeats all headers in its errors.
. "$(dirname "$0")/lib.sh"
start_faults
KEY="sk-canary-$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')+/="
export PLUMB_TEST_KEY=$KEY
encoded=$(sed 's|+|%2B|g; s|/|%2F|g; s|=|%3D|g' <<<"$KEY")
# Base64 of the key at each of the three offsets it may have in a longer text, less the ends that depend on it.
base64_of() { printf '%s%s' "$1" "$KEY" | base64 -w0 | cut -c"$2"-60; }
{
  printf '%s\n' "$KEY" "$(rev <<<"$KEY")" "$encoded" "${encoded,,}"
  base64_of "" 1; base64_of "x" 5; base64_of "xx" 5
  printf '%s' "$KEY" | od -An -tx1 | tr -d ' \n'; echo
  sed 's|/|\\/|g' <<<"$KEY"
  cut -c11-40 <<<"$KEY"  # the middle of it
} >needles

model() { printf '  - {name: %s, provider: %s, id: x, base_url: "%s/%s/v1", key_env: PLUMB_TEST_KEY%s}\n' "$1" "$2" "$FAULTS_URL" "$3" "${4:-}"; }
{
  printf 'datasets: [%s/datasets/postings]\nprompts: [%s/prompts/examples/plain.yaml]\nmodels:\n' "$SOURCE" "$SOURCE"
  model good openai ok
  model stream openai ok ", stream: true"
  model denied openai echo-401
  model broken openai echo-500
  model odd openai echo-200
  model claude anthropic echo-401
  model moved openai f18-307
  model slow openai f30-drip
  printf 'limits: {in_flight_max: 4, attempts_max: 2, timeout_s: 2}\n'
} >eval.yaml

everything() {
  "$PLUMB" validate
  "$PLUMB" run --dry-run --filter-first-n 2
  "$PLUMB" run --filter-first-n 2 &
  local run=$!
  while kill -0 "$run" 2>/dev/null; do
    cat "/proc/$run/cmdline" >>cmdline 2>/dev/null
    sleep 0.05
  done
  "$PLUMB" run --filter-first-n 2  # errors are asked again
  "$PLUMB" list; "$PLUMB" list systems --format json; "$PLUMB" list questions
  "$PLUMB" leaderboard --all; "$PLUMB" leaderboard --all --format json
  "$PLUMB" show --format json; "$PLUMB" show --outcome error --format json; "$PLUMB" show --outcome error
  "$PLUMB" doctor
}
: >cmdline
everything >all.out 2>all.err
# One that is killed leaves its log beside the database.
sed -i 's/timeout_s: 2/timeout_s: 60/' eval.yaml
"$PLUMB" run --filter-first-n 4 --fresh --filter-models slow,broken >killed.out 2>killed.err &
run=$!
sleep 1
kill -9 "$run"; wait "$run" 2>/dev/null

[ -s plumb.db ] && [ "$(cells_finished)" -gt 0 ] || fail "nothing was stored"
grep -q "cannot serve" all.out || fail "the errors that repeat headers were not shown"
grep -qFe "[key]" all.out || fail "nothing was taken out of them"
grep -qa plumb cmdline || fail "no command line was seen"
for file in plumb.db* all.out all.err cmdline killed.* eval.yaml; do
  if grep -qaFf needles "$file"; then
    echo "the key is in $file, as:" >&2
    grep -aoFf needles "$file" | sort | uniq -c >&2
    fail "the key is in $file"
  fi
done
# The control: the same needles are found where the key must be.
grep -qaFf needles faults.log || fail "the search finds nothing at all"
[ "$(grep -caF "$KEY" faults.log)" -ge 10 ] || fail "the vendor did not get the key"
