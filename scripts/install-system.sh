#!/usr/bin/env bash
# What the tests need from the system: Chromium with its driver, Firefox, PostgreSQL's server programs, a Japanese font,
# what reads the kiosk's installation script, an English voice.
set -eu
missing=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || missing+=(firefox-esr)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
command -v espeak-ng >/dev/null || missing+=(espeak-ng)
command -v shellcheck >/dev/null || missing+=(shellcheck)
fc-list 2>/dev/null | grep -qiE 'cjk|gothic|ipa' || missing+=(fonts-noto-cjk fontconfig)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get -o DPkg::Lock::Timeout=600 update -qq
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
echo "The tests need these packages: ${missing[*]}" >&2
echo "Install them (Debian and Ubuntu: sudo apt-get install ${missing[*]}) and run this again." >&2
exit 1
