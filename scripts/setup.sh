#!/usr/bin/env bash
# Make .venv as the hashed lock says. `run` wants what the product needs, `dev` also what tests need.
# Does nothing when the lock installed last is the one wanted (`dev` holds all of `run`).
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=requirements.lock
[ "${1:-run}" = dev ] && wanted=requirements-dev.lock
mark=.venv/installed.lock

if [ -x .venv/bin/aliquot ] && .venv/bin/python -c '' 2>/dev/null; then
    cmp -s "$wanted" "$mark" && exit 0
    [ "$wanted" = requirements.lock ] && cmp -s requirements-dev.lock "$mark" && exit 0
fi

# Candidates are tried by running them: a shim on the PATH may name an interpreter that is absent.
python=
for candidate in "${ALIQUOT_PYTHON:-}" python3.14 python3.13 python3.12 \
    $(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python 2>/dev/null | sort -rV) python3; do
    [ -n "$candidate" ] || continue
    found=$("$candidate" -c 'import sys; assert sys.version_info >= (3, 12); print(sys.executable)' 2>/dev/null) || continue
    python=$found
    break
done

if [ -x .tools/bin/uv ]; then
    uv=.tools/bin/uv
elif command -v uv >/dev/null && uv --version >/dev/null 2>&1; then
    uv=uv
else
    echo "Fetching the installer uv into .tools/ …"
    "${python:-python3}" -m venv .tools
    .tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock 2>&1 |
        grep -v '^WARNING' || true
    uv=.tools/bin/uv
    [ -x "$uv" ] || { echo "Could not install uv; check the network, then run the same command again." >&2; exit 1; }
fi

if [ -n "$python" ]; then
    export UV_PYTHON_DOWNLOADS=never
else
    echo "No Python 3.12 or newer found; uv fetches one into .tools/."
    # Not into the home of whoever installs: the account that serves could not read it there.
    export UV_PYTHON_INSTALL_DIR="$PWD/.tools/python"
    python=3.13
fi
echo "Installing into .venv/ from $wanted …"
rm -rf .venv
"$uv" venv --quiet --python "$python" .venv
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes "$wanted"
"$uv" pip install --quiet --python .venv/bin/python --no-deps --editable .
cp "$wanted" "$mark"
