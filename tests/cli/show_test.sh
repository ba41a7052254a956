# One answer with its question, passages, claims and why; as text and as JSON.
. "$(dirname "$0")/lib.sh"
"$PLUMB" init >/dev/null
"$PLUMB" run --quiet || fail "no run"

expect 0 "$PLUMB" show deadline --controls
out_has "하늘물류연구소 데이터 엔지니어 공고의 접수 마감일은 언제인가요?"
out_has "key: 접수 마감일은 2026년 12월 20일입니다."
out_has "[1] 하늘물류연구소 데이터 엔지니어"
out_has "oracle"
out_has "correct"
out_has "«"
expect 0 "$PLUMB" show sample/deadline --controls --system mutant
out_lacks "oracle"
expect 0 "$PLUMB" show --controls --outcome hallucinated --format json
out_has '"outcome": "hallucinated"'
expect 2 "$PLUMB" show deadlin
err_has "did you mean"
expect 2 "$PLUMB" show --outcome wrong
expect 0 "$PLUMB" list questions
out_has "sample/deadline"
expect 0 "$PLUMB" list systems --format json
out_has '"control": true'
if command -v sqlite3 >/dev/null; then
  [ "$(sqlite3 plumb.db 'select count(*) from results')" -eq 9 ] || fail "the view results has not 9 rows"
fi
