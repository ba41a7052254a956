# Files that people got wrong: every mistake at once, file:line:col, exit 2, nothing written.
. "$(dirname "$0")/lib.sh"
"$PLUMB" init >/dev/null

cat >eval.yaml <<'YAML'
datasets: [datasets/sample, datasets/none]
promts: [prompts/me]
models:
  - {name: mini, provider: opnai, id: x}
  - {name: mini, provider: builtin, id: extractve}
trials: many
YAML
expect 2 "$PLUMB" run
err_has "eval.yaml:1:29: error:"
err_has "eval.yaml:2:1: error: unknown key 'promts'; did you mean 'prompts'?"
err_has "eval.yaml:4:28: error: unknown provider 'opnai'; did you mean 'openai'?"
err_has "did you mean 'extractive'?"
err_has "eval.yaml:6:9: error:"
[ ! -e plumb.db ] || fail "a wrong file wrote a database"

printf 'datasets: &a [*a]\n' >eval.yaml
expect 2 "$PLUMB" validate
err_has "eval.yaml:1:"
printf 'datasets: [\xff]\n' >eval.yaml
expect 2 "$PLUMB" run
err_has "UTF-8"
rm eval.yaml
expect 2 "$PLUMB" run --config none.yaml
err_has "none.yaml"

cat >prompts/me/plain.yaml <<'YAML'
user: |
  {{context}}
  {{qestion}}
YAML
expect 2 "$PLUMB" validate prompts/me/plain.yaml
err_has "did you mean 'question'?"
err_has "plain.yaml:3:"
