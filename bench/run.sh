#!/usr/bin/env bash
# Builds nothing: copies what is measured out of the build (so that a build meanwhile does not change it), installs
# promptfoo where it is asked for, and hands over to plumb_bench.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=$PWD/build/release
readonly promptfoo_version=0.123.1

die() { printf 'bench: %s\n' "$*" >&2; exit 1; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Prints the path of promptfoo in this folder; nothing, and why on stderr, where it cannot be had.
install_promptfoo() {  # folder
  local program=$1/node_modules/.bin/promptfoo node=0
  if [ ! -x "$program" ]; then
    command -v node >/dev/null && node=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
    [ "$node" -ge 22 ] || { printf 'bench: promptfoo needs Node 22 or newer, and this is %s: left out\n' "$node" >&2; return; }
    command -v npm >/dev/null || { printf 'bench: promptfoo needs npm to be installed: left out\n' >&2; return; }
    mkdir -p "$1"
    printf 'bench: installing promptfoo %s into %s (2 GB)\n' "$promptfoo_version" "$1" >&2
    npm install --prefix "$1" --no-audit --no-fund "promptfoo@$promptfoo_version" >"$scratch/npm.log" 2>&1 ||
      { tail -n 5 "$scratch/npm.log" >&2; printf 'bench: promptfoo cannot be installed: left out\n' >&2; return; }
  fi
  printf '%s\n' "$program"
}

plumb=$bin/plumb
promptfoo=
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --promptfoo) [ $# -ge 2 ] || die '--promptfoo needs a folder'; promptfoo=$(install_promptfoo "$2"); shift 2 ;;
    --plumb) [ $# -ge 2 ] || die '--plumb needs a file'; plumb=$2; shift 2 ;;
    *) arguments+=("$1"); shift ;;
  esac
done
[ -n "$promptfoo" ] && arguments+=(--promptfoo "$promptfoo")
cp "$plumb" "$bin/bench/plumb_floor" "$bin/bench/plumb_mock" "$bin/bench/plumb_bench" "$scratch/"
ulimit -n 4096 2>/dev/null || true
"$scratch/plumb_bench" --plumb "$scratch/plumb" --floor "$scratch/plumb_floor" --mock "$scratch/plumb_mock" \
  --scratch "$scratch/work" "${arguments[@]}"
