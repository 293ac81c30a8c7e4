#!/usr/bin/env bash
# Install the Debian packages that tests need, where one may; else say which one is missing.
set -euo pipefail
missing=()
for package in "$@"; do
    case "$package" in
        chromium) command -v chromium >/dev/null || missing+=("$package") ;;
        pgbouncer) command -v pgbouncer /usr/sbin/pgbouncer >/dev/null || missing+=("$package") ;;
        postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=("$package") ;;
    esac
done
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo)
    else
        echo "The tests need the package ${missing[*]}; install it (apt-get install ${missing[*]}) and run again." >&2
        exit 1
    fi
fi
if ! command -v apt-get >/dev/null; then
    echo "The tests need ${missing[*]}; install it with your system's package manager and run again." >&2
    exit 1
fi
echo "Installing ${missing[*]} …"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
