#!/usr/bin/env bash
# Timings and fidelity. AGENT_GYM_BENCH may name a folder of benchmarks with real truth; without it only the project's own timings run.
set -uo pipefail
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] && export PATH=$PWD/.venv/bin:$PATH
status=0
for f in tools/bench_*.py; do
  [ -e "$f" ] || continue
  printf '\n== %s\n' "$f"
  python "$f" "$@" || status=1
done
exit $status
