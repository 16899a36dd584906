#!/bin/sh
# Finds a Chromium for the tests of the page, or installs one: Debian's package where that can be
# done, else the one that Playwright brings. Usage: chromium.sh PYTHON
# The shell without windows comes first: the whole browser takes twice the CPU for the same page.
# It never fails: without a browser, the tests say themselves what to install.
set -u

found() {
    command -v chromium-headless-shell || command -v chromium || command -v chromium-browser ||
        command -v google-chrome
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$1" >/dev/null 2>&1
}

if found >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "== installing chromium by apt-get (a minute)"
    apt-get -qq update >/dev/null 2>&1
    install chromium-headless-shell || install chromium
    found >/dev/null && exit 0
fi
echo "== installing Playwright's chromium (a minute)"
"$1" -m playwright install chromium >/dev/null 2>&1 || echo "there is no Chromium, and none could be installed"
exit 0
