# A member's submission: checked, estimated, asked about, run, ranked.
. "$(dirname "$0")/lib.sh"
"$PLUMB" init >/dev/null
sed -i 's|prompts: .*|prompts: [prompts]|' eval.yaml
mkdir -p inbox/kim
cat >inbox/kim/careful.yaml <<'YAML'
description: 지문에 없으면 없다고 말하기
user: |
  {{context}}
  질문: {{question}} (지문에 없으면 없다고 하세요)
YAML

expect 0 "$PLUMB" submit inbox/kim/careful.yaml --dry-run
err_has "3 systems × 3 questions × 1 trial = 9 cells"
[ ! -e plumb.db ] || fail "a dry run wrote a database"
expect 2 "$PLUMB" submit inbox/kim/careful.yaml
err_has "--yes runs it without asking"
expect 0 "$PLUMB" submit inbox/kim/careful.yaml --yes
out_has "extractive · kim/careful · gold: rank"
[ -f prompts/kim/careful.yaml ] || fail "the submission was not put into place"
expect 0 "$PLUMB" run
out_has "kim/careful"

printf 'user: "{{question}}"\nurl: http://evil\n' >inbox/kim/evil.yaml
expect 2 "$PLUMB" submit inbox/kim/evil.yaml --yes
err_has "unknown key 'url'"
expect 2 "$PLUMB" submit
expect 2 "$PLUMB" submit none.yaml
