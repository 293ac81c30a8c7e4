#!/usr/bin/env bash
# Compile the hashed locks anew from pyproject.toml. They record no download address.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=uv
[ -x .tools/bin/uv ] && uv=.tools/bin/uv
options=(--quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.12)
"$uv" pip compile "${options[@]}" pyproject.toml -o requirements.lock
"$uv" pip compile "${options[@]}" --extra dev pyproject.toml -o requirements-dev.lock
echo uv | "$uv" pip compile "${options[@]}" - -o requirements-tools.lock
