#!/bin/sh
# Debian packages that the tests use for real: LibreOffice to recalculate and render, fonts, PDF tools, a browser, QEMU.
set -eu
packages="$(sed 's/#.*//' "$(dirname "$0")/system-packages.txt" | tr '\n' ' ')"
missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null; then
    echo "The tests need these Debian packages, and there is no apt-get here:$missing" >&2
    exit 2
fi
run=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
        echo "The tests need Debian packages. As root, run: apt-get install -y --no-install-recommends$missing" >&2
        exit 2
    fi
    run="sudo -n"
fi
echo "Installing Debian packages (once):$missing"
$run apt-get update -qq
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing >/dev/null
