# What the world does wrong: one clear line each, and nothing that was stored is lost.
. "$(dirname "$0")/lib.sh"
"$PLUMB" init >/dev/null

# A key that is not there: told before anything is asked.
cat >>eval.yaml <<'YAML'
  - {name: mini, provider: openai, id: gpt-4o-mini, key_env: PLUMB_TEST_KEY}
YAML
expect 2 "$PLUMB" run
err_has "PLUMB_TEST_KEY is not set, and mini needs it"
[ ! -e plumb.db ] || fail "a missing key wrote a database"
expect 0 "$PLUMB" run --filter-models extractive

# A port where nobody listens: cells without an answer, exit 3, the others stored.
sed -i 's|key_env: PLUMB_TEST_KEY|base_url: "http://127.0.0.1:9/v1"|' eval.yaml
printf 'limits: {attempts_max: 1}\n' >>eval.yaml
expect 3 "$PLUMB" run --filter-models extractive,mini
out_has "cells have no answer"
expect 0 "$PLUMB" leaderboard --run last --all
expect 5 "$PLUMB" doctor
out_has "127.0.0.1:9"

# A file that is no database.
printf 'not a database, only text that is long enough to look at' >text.db
expect 5 "$PLUMB" run --filter-models extractive --store text.db
err_has "text.db"
expect 5 "$PLUMB" leaderboard --store text.db

# A folder that cannot be.
expect 5 "$PLUMB" run --filter-models extractive --store eval.yaml/x.db
err_has "eval.yaml"

# Standard output on a full disk: the results are stored all the same.
if [ -e /dev/full ]; then
  status=0
  "$PLUMB" leaderboard >/dev/full 2>err || status=$?
  [ "$status" -eq 5 ] || fail "exit $status on a full disk"
  err_has "standard output could not be written"
fi
