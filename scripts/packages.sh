#!/usr/bin/env bash
# Install the Debian packages that tests need, where one may; else say which one is missing.
# Packages after "--better" only make the tests quicker or steadier: without them the tests run too.
set -euo pipefail

present() {
    case "$1" in
        chromium) command -v chromium chromium-headless-shell >/dev/null ;;
        chromium-headless-shell) command -v chromium-headless-shell >/dev/null ;;
        fonts-liberation) compgen -G '/usr/share/fonts/truetype/liberation*/*.ttf' >/dev/null ;;
        pgbouncer) command -v pgbouncer /usr/sbin/pgbouncer >/dev/null ;;
        postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
    esac
}

needed=() better=() list=needed
for package in "$@"; do
    if [ "$package" = "--better" ]; then list=better; continue; fi
    present "$package" || { [ $list = needed ] && needed+=("$package") || better+=("$package"); }
done
[ ${#needed[@]} -eq 0 ] && [ ${#better[@]} -eq 0 ] && exit 0

# Without the right to install, what is only better is left, and what is needed is asked for.
give_up() {
    [ ${#needed[@]} -eq 0 ] && exit 0
    echo "The tests need ${needed[*]}; $1 and run again." >&2
    exit 1
}
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo)
    else
        give_up "install it (apt-get install ${needed[*]})"
    fi
fi
command -v apt-get >/dev/null || give_up "install it with your system's package manager"
install() {
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
echo "Installing ${needed[*]} ${better[*]} …"
"${as_root[@]}" apt-get update -qq || [ ${#needed[@]} -eq 0 ]
[ ${#needed[@]} -eq 0 ] || install "${needed[@]}"
for package in "${better[@]}"; do
    install "$package" 2>/dev/null || echo "$package could not be installed; the tests run without it."
done
