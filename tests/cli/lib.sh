# For the scripts beside it: a scratch folder, and words to say what must hold. Each script sources this first.
# $PLUMB and $PLUMB_MOCK are the programs under test.
set -u
: "${PLUMB:?set PLUMB to the program}"
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SCRATCH=$(mktemp -d)
MOCK_PID=
FAULTS_PID=
cleanup() {
  local status=$?
  for pid in $MOCK_PID $FAULTS_PID; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
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

# restart_mock ARGS...: another one on the same port, with books that begin anew.
restart_mock() {
  local port
  port=$(cat mock.port)
  kill "$MOCK_PID"
  wait "$MOCK_PID" 2>/dev/null
  start_mock --port "$port" "$@"
}

# A board without what differs from run to run.
board() { "$PLUMB" leaderboard --format json "$@" | grep -vE '"(run|week|started_at|latency_ms_median)":'; }

# start_faults: the vendor that misbehaves (tests/support/faults.cpp names how); its address in $FAULTS_URL, all it was
# asked in faults.log. `faults_books` prints its books.
start_faults() {
  : "${PLUMB_FAULTS:?set PLUMB_FAULTS to the faulty vendor}"
  rm -f faults.port
  "$PLUMB_FAULTS" faults.port faults.log 2>faults.err &
  FAULTS_PID=$!
  for _ in $(seq 100); do [ -s faults.port ] && break; sleep 0.05; done
  [ -s faults.port ] || { cat faults.err >&2; fail "the faulty vendor does not start"; }
  FAULTS_URL="http://127.0.0.1:$(cat faults.port)"
}
faults_books() { http_get "$(cat faults.port)" /books; }
mock_books() { http_get "$(cat mock.port)" /stats; }

# http_get PORT PATH: the reply of 127.0.0.1, with its head.
http_get() {
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "$2" >&3
  tr -d '\r' <&3
  exec 3>&-
}
# number_in KEY: the number of that name in the JSON on standard input; 0 if there is none.
number_in() { local n; n=$(sed -n "s/.*\"$1\": *\([0-9][0-9]*\).*/\1/p" | tail -n 1); echo "${n:-0}"; }

# What cannot be shown on this machine, and why; the script goes on.
skip() { echo "skipped: $(basename "$0" _test.sh): $*"; }

cells_finished() { "$PLUMB" list --store "${1:-plumb.db}" --format json 2>/dev/null | number_in cells_finished; }
# wait_for_cells N [STORE]: until that many are stored; at most 20 s.
wait_for_cells() {
  for _ in $(seq 400); do
    [ "$(cells_finished "${2:-plumb.db}")" -ge "$1" ] && return 0
    sleep 0.05
  done
  fail "no $1 cells within 20 s"
}
# ends_within SECONDS PID: its exit status in $STATUS.
ends_within() {
  local ends=$((SECONDS + $1))
  while kill -0 "$2" 2>/dev/null; do
    [ "$SECONDS" -le "$ends" ] || { kill -9 "$2"; fail "still there after $1 s"; }
    sleep 0.02
  done
  STATUS=0
  wait "$2" || STATUS=$?
}
# count SQL [STORE]: a number out of the database; needs sqlite3.
count() { sqlite3 "${2:-plumb.db}" "$1"; }

# An eval.yaml for the stand-in vendor: $1 model lines' further keys, $2 limits.
mock_eval() {
  cat >eval.yaml <<YAML
datasets: [$SOURCE/datasets/postings]
prompts: [$SOURCE/prompts/examples/plain.yaml]
models: [{name: mock, provider: openai, id: mock-a, base_url: "$MOCK_URL"}]
limits: {in_flight_max: 8${1:+, $1}}
YAML
}

# with_shim "CALL WHAT FROM" command...: the command with one of libc's calls made to fail (tests/cli/shim.c). Returns
# 77 where no compiler builds it.
with_shim() {
  local what=$1
  shift
  if [ ! -e "$SCRATCH/shim.so" ]; then
    ${CC:-cc} -shared -fPIC -O1 -o "$SCRATCH/shim.so" "$SOURCE/tests/cli/shim.c" -ldl 2>"$SCRATCH/shim.err" || return 77
  fi
  env PLUMB_SHIM="$what" LD_PRELOAD="$SCRATCH/shim.so" ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 "$@"
}
