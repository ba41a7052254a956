#!/usr/bin/env bash
# Builds the fuzzers with clang and runs each for a while: tests/fuzz/run.sh [NAME] (SECONDS=60 each by default).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
name=${1:-}
seconds=${PLUMB_FUZZ_SECONDS:-60}
cmake -S . -B build/fuzz -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++ \
  -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1" -DPLUMB_FUZZ=ON >/dev/null
ninja -C build/fuzz fuzzers
for source in tests/fuzz/*_fuzz.cpp; do
  fuzzer=$(basename "${source%.cpp}")
  [[ -z $name || $fuzzer == *"$name"* ]] || continue
  mkdir -p "build/fuzz/corpus/$fuzzer"
  printf '== %s for %s s\n' "$fuzzer" "$seconds"
  # Real inputs to start from; what the fuzzer finds stays in build/.
  seeds=()
  case $fuzzer in
    config_fuzz) seeds=(prompts/examples) ;;
    text_fuzz) seeds=(datasets/postings/passages datasets/realestate/passages) ;;
  esac
  (cd build/fuzz && "./$fuzzer" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 "corpus/$fuzzer" "${seeds[@]/#/../../}")
done
