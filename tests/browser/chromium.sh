#!/bin/sh
# Finds a Chromium for the tests of the page, or installs one: Debian's package where that can be
# done, else the one that Playwright brings. Usage: chromium.sh PYTHON
# It never fails: without a browser, the tests say themselves what to install.
set -u

found() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

if found >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "== installing chromium by apt-get (a minute)"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium; } \
        >/dev/null 2>&1
    found >/dev/null && exit 0
fi
echo "== installing Playwright's chromium (a minute)"
"$1" -m playwright install chromium >/dev/null 2>&1 || echo "there is no Chromium, and none could be installed"
exit 0
