#!/usr/bin/env bash
# Everything `make test` runs, in the order of how fast it can fail. Usage: tools/check.sh
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
export PATH=$bin:$PATH PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=agg
step() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }

step "lint"
ruff check nbs tests tools
ruff format --check -q nbs tests tools

step "finished rooms explain themselves"
python tools/nb.py check

step "the package is what the notebooks export, README.md what index.ipynb says"
python tools/sync.py

step "types"
basedpyright --pythonpath "$bin/python" agent_gym

step "notebooks"
env -u GOOGLE_API_KEY -u GEMINI_API_KEY nbdev_test --n_workers 2

step "tests"
python -m pytest -q -n 2 --dist loadfile --durations 8 "$@"
printf '\nall checks passed in %ss\n' "$SECONDS"
