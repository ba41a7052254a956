#!/usr/bin/env bash
# CPU per cell of plumb against the floor (same libraries, nothing scored or made durable), interleaved in one
# run against the stand-in vendor on loopback. Ratios only: machines are noisy, CPU seconds less so than wall time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=$PWD/build/release
pairs=${1:-5}
scratch=$(mktemp -d)
mock=
cleanup() { [ -n "$mock" ] && kill "$mock" 2>/dev/null; rm -rf "$scratch"; }
trap cleanup EXIT

"$bin/bench/plumb_mock" --port 0 --port-file "$scratch/port" --answer-from-context --quiet >/dev/null &
mock=$!
for _ in $(seq 100); do [ -s "$scratch/port" ] && break; sleep 0.05; done
url="http://127.0.0.1:$(cat "$scratch/port")/v1"
cat >"$scratch/eval.yaml" <<YAML
datasets: [$PWD/datasets/postings, $PWD/datasets/memes, $PWD/datasets/realestate]
prompts: [$PWD/prompts/examples]
models: [{name: mock, provider: openai, id: mock-a, base_url: "$url"}]
limits: {in_flight_max: 64}
YAML
cells=$("$bin/plumb" run -c "$scratch/eval.yaml" --dry-run | sed -n 's/.* = \([0-9]*\) cells/\1/p')

cpu_ms() {  # command...: user + system milliseconds
  local TIMEFORMAT='%U %S' spent
  spent=$({ time "$@" >/dev/null 2>"$scratch/err"; } 2>&1) || { cat "$scratch/err" >&2; exit 1; }
  awk '{ printf "%d", ($1 + $2) * 1000 }' <<<"$spent"
}

printf '%s cells a run, %s pairs\n\n| pair | floor, µs a cell | plumb, µs a cell | ratio |\n|---|---|---|---|\n' "$cells" "$pairs"
ratios=()
for i in $(seq "$pairs"); do
  rm -f "$scratch"/*.db*
  floor=$(cpu_ms "$bin/bench/plumb_floor" "$url" "$cells" 64 "$scratch/floor.db")
  plumb=$(cpu_ms "$bin/plumb" run -c "$scratch/eval.yaml" --store "$scratch/plumb.db" --quiet)
  line=$(awk -v f="$floor" -v p="$plumb" -v n="$cells" 'BEGIN { printf "%.0f | %.0f | %.2f", f * 1000 / n, p * 1000 / n, p / f }')
  ratios+=("${line##* }")
  printf '| %s | %s |\n' "$i" "$line"
done
printf '%s\n' "${ratios[@]}" | sort -n | awk '{ r[NR] = $1 } END { printf "\nratio plumb / floor: min %.2f, median %.2f, max %.2f (plumb also scores, stores every claim and commits durably)\n", r[1], r[int((NR + 1) / 2)], r[NR] }'
