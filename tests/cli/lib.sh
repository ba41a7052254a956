# For the scripts beside it: a scratch folder, and words to say what must hold. Each script sources this first.
# $PLUMB and $PLUMB_MOCK are the programs under test.
set -u
: "${PLUMB:?set PLUMB to the program}"
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SCRATCH=$(mktemp -d)
MOCK_PID=
cleanup() {
  local status=$?
  [ -n "$MOCK_PID" ] && kill "$MOCK_PID" 2>/dev/null && wait "$MOCK_PID" 2>/dev/null
  if [ "$status" -eq 0 ]; then rm -rf "$SCRATCH"; else echo "left: $SCRATCH" >&2; fi
}
trap cleanup EXIT
cd "$SCRATCH" || exit 1
unset NO_COLOR CLICOLOR_FORCE COLUMNS OPENAI_API_KEY ANTHROPIC_API_KEY GEMINI_API_KEY

fail() { echo "FAILED: $*" >&2; exit 1; }

# expect STATUS command...: runs it, output in out and err.
expect() {
  local wanted=$1 status=0
  shift
  "$@" >out 2>err </dev/null || status=$?
  [ "$status" -eq "$wanted" ] || { cat out err >&2; fail "exit $status instead of $wanted: $*"; }
}
out_has() { grep -qF -- "$1" out || { cat out >&2; fail "standard output lacks: $1"; }; }
out_lacks() { ! grep -qF -- "$1" out || { cat out >&2; fail "standard output has: $1"; }; }
err_has() { grep -qF -- "$1" err || { cat err >&2; fail "standard error lacks: $1"; }; }

# start_mock ARGS...: the stand-in vendor on a free port; its address in $MOCK_URL.
start_mock() {
  : "${PLUMB_MOCK:?set PLUMB_MOCK to the stand-in vendor}"
  rm -f mock.port
  "$PLUMB_MOCK" --port 0 --port-file mock.port --quiet "$@" >mock.log 2>&1 &
  MOCK_PID=$!
  for _ in $(seq 100); do [ -s mock.port ] && break; sleep 0.05; done
  [ -s mock.port ] || { cat mock.log >&2; fail "the stand-in vendor does not start"; }
  MOCK_URL="http://127.0.0.1:$(cat mock.port)/v1"
}

# A board without what differs from run to run.
board() { "$PLUMB" leaderboard --format json "$@" | grep -vE '"(run|week|started_at|latency_ms_median)":'; }
