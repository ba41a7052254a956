# F05: certificates that are not to be trusted. No key is sent, and after three the account is left alone.
. "$(dirname "$0")/lib.sh"
if ! command -v openssl >/dev/null; then
  skip "F05: no openssl to serve wrong certificates"
  exit 0
fi
export PLUMB_TEST_KEY=sk-canary-0123456789abcdef0123456789abcdef
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out self.pem -days 2 -subj /CN=127.0.0.1 \
  -addext subjectAltName=IP:127.0.0.1 2>/dev/null || { skip "F05: openssl cannot make a certificate"; exit 0; }
openssl req -x509 -key key.pem -out other.pem -days 2 -subj /CN=elsewhere.example 2>/dev/null

serve() {  # PORT openssl's options...: until stopped
  local port=$1
  shift
  openssl s_server -accept "127.0.0.1:$port" -key key.pem "$@" -quiet >served 2>serve.err &
  SERVER=$!
  for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0; sleep 0.05; done
  fail "openssl does not serve: $(cat serve.err)"
}
port=$((20000 + RANDOM % 20000))
for server in "-cert self.pem" "-cert other.pem" "-cert self.pem -tls1_1 -cipher DEFAULT@SECLEVEL=0"; do
  # shellcheck disable=SC2086
  serve "$port" $server
  cat >eval.yaml <<YAML
datasets: [$SOURCE/datasets/postings]
prompts: [$SOURCE/prompts/examples/plain.yaml]
models: [{name: tls, provider: openai, id: x, base_url: "https://127.0.0.1:$port/v1", key_env: PLUMB_TEST_KEY}]
limits: {in_flight_max: 2}
YAML
  expect 3 "$PLUMB" run --filter-first-n 10 --store "tls$port.db"
  kill "$SERVER"; wait "$SERVER" 2>/dev/null
  ! grep -qa canary served || fail "a key was sent to a server that nobody vouches for"
  cat out err >said
  grep -qiE "certificate|SSL|TLS" said || { cat said >&2; fail "nothing is said of certificates"; }
  port=$((port + 1))
done
