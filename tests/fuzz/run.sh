#!/usr/bin/env bash
# Builds the fuzzers with clang and runs each for a while, two at a time: tests/fuzz/run.sh [NAME]
# (PLUMB_FUZZ_SECONDS=60 each by default). They start from tests/fuzz/corpus and real files; what they find stays in
# build/fuzz/corpus. Worth keeping is what `./NAME_fuzz -merge=1 tests/fuzz/corpus/NAME_fuzz build/fuzz/corpus/NAME_fuzz`
# picks, if it is small, and every input that once crashed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
name=${1:-}
seconds=${PLUMB_FUZZ_SECONDS:-60}
cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++ \
  -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DPLUMB_FUZZ=ON >/dev/null
ninja -C build/fuzz fuzzers | tail -n 3

fuzz() {  # fuzzer: its log in build/fuzz/FUZZER.log
  local fuzzer=$1 seeds=()
  [ ! -d "tests/fuzz/corpus/$fuzzer" ] || seeds+=("tests/fuzz/corpus/$fuzzer")
  case $fuzzer in
    config_fuzz) seeds+=(prompts/examples) ;;
    reply_fuzz) seeds+=(tests/fuzz/replies) ;;
    text_fuzz) seeds+=(datasets/postings/passages datasets/realestate/passages) ;;
  esac
  mkdir -p "build/fuzz/corpus/$fuzzer"
  cd build/fuzz
  "./$fuzzer" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    "corpus/$fuzzer" "${seeds[@]/#/../../}" >"$fuzzer.log" 2>&1
}

failed=0
waiting=()
reap() {  # the oldest one
  local fuzzer=${waiting[0]#* } pid=${waiting[0]% *}
  waiting=("${waiting[@]:1}")
  if wait "$pid"; then
    printf '%s: %s runs\n' "$fuzzer" "$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$fuzzer.log")"
  else
    failed=1
    printf 'FAILED %s\n' "$fuzzer"
    tail -n 40 "build/fuzz/$fuzzer.log"
  fi
}
for source in tests/fuzz/*_fuzz.cpp; do
  fuzzer=$(basename "${source%.cpp}")
  [[ -z $name || $fuzzer == *"$name"* ]] || continue
  [ ${#waiting[@]} -lt 2 ] || reap
  fuzz "$fuzzer" &
  waiting+=("$! $fuzzer")
done
while [ ${#waiting[@]} -gt 0 ]; do reap; done
exit "$failed"
