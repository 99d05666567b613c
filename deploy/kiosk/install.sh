#!/bin/bash
# Makes a Debian 12 or 13 machine a kiosk of Madoguchi. Run as root on the machine itself; running it again changes nothing twice.
#   ./install.sh --dry-run    says what it would do and changes nothing
#   ./install.sh              asks for the ward's address and for the pairing code that staff made
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=${KIOSK_ROOT:-}            # a folder to write into instead of /, for trying
port=8790
dry=no
packages=(cage xwayland chromium python3 cups cups-client fonts-noto-cjk alsa-utils ca-certificates chrony unattended-upgrades kbd libpam-systemd)

usage() { sed -n '2,4s/^# \{0,3\}//p' "$0"; exit "${1:-0}"; }
case "${1:-}" in
  --dry-run) dry=yes ;;
  -h | --help) usage ;;
  '') ;;
  *) usage 2 >&2 ;;
esac

say() { printf '%s\n' "$*"; }
run() { # run a command, or say it
  if [ "$dry" = yes ]; then say "would run:   $*"; else "$@"; fi
}
write() { # write TARGET MODE: standard input into a file, if it is not so already
  local target=$root$1 mode=$2 new
  new=$(mktemp)
  cat >"$new"
  if cmp -s "$new" "$target" && [ "$(stat -c %a "$target")" = "${mode#0}" ]; then
    say "is so:       $1"
  elif [ "$dry" = yes ]; then
    say "would write: $1 ($(wc -l <"$new") lines, mode $mode)"
  else
    install -D -m "$mode" "$new" "$target"
    say "wrote:       $1"
  fi
  rm -f "$new"
}
fill() { sed -e "s#@ORIGIN@#$ward#g" -e "s#@PORT@#$port#g" -e "s#@UID@#$user_id#g" -e "s#@GID@#$group_id#g" "$here/$1"; }

if [ "$dry" = no ] && [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  say "Run this as root (sudo ./install.sh), or look first with ./install.sh --dry-run" >&2
  exit 1
fi
if ! grep -qs '^VERSION_ID="1[23]"' /etc/os-release; then
  say "Note: this was tried on Debian 12 only; package names may differ here." >&2
fi

# ---- the two questions; the code is read here and handed on through a pipe, never as an argument
known=$(sed -n 's/^WARD=//p' "$root/etc/madoguchi-kiosk/kiosk.conf" 2>/dev/null || true)
read -r -p "Address of the service${known:+ [$known]} (https://...): " ward || true
ward=${ward:-$known}
ward=${ward%/}
if ! [[ $ward =~ ^https://[A-Za-z0-9.:-]+$ || $ward =~ ^http://(localhost|127\.0\.0\.1)(:[0-9]+)?$ ]]; then
  say "The address must begin with https:// and have no path, such as https://madoguchi.example.jp" >&2
  exit 1
fi
code=
if [ -s "$root/etc/madoguchi-kiosk/key" ]; then
  read -r -p "This machine is paired. New pairing code (Enter to keep it as it is): " code || true
else
  read -r -p "Pairing code (staff page, list of machines, new machine): " code || true
fi

# ---- packages
if [ -z "$root" ]; then
  missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    run apt-get update -q
    run env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
  else
    say "is so:       all packages"
  fi
fi

# ---- the user nobody can sign in as
if ! getent passwd kiosk >/dev/null; then
  run useradd --system --user-group --no-create-home --home-dir /run/madoguchi --shell /usr/sbin/nologin kiosk
fi
run usermod -a -G audio kiosk
user_id=$(id -u kiosk 2>/dev/null || echo 990)
group_id=$(id -g kiosk 2>/dev/null || echo 990)

# ---- files
for program in madoguchi-kiosk.py kiosk_door.py kiosk_system.py; do
  mode=0644
  [ "$program" = madoguchi-kiosk.py ] && mode=0755
  write "/usr/local/lib/madoguchi-kiosk/$program" "$mode" <"$here/$program"
done
fill policies/managed/madoguchi.json | write /etc/chromium/policies/managed/madoguchi.json 0644
for unit in madoguchi-kiosk.service run-madoguchi.mount var-spool-cups.mount; do
  fill "systemd/$unit" | write "/etc/systemd/system/$unit" 0644
done
write /etc/pam.d/madoguchi-kiosk 0644 <"$here/systemd/madoguchi-kiosk.pam"
if [ -e "$root/etc/madoguchi-kiosk/kiosk.conf" ] && [ "$known" = "$ward" ]; then
  say "is so:       /etc/madoguchi-kiosk/kiosk.conf (yours is kept)"
else
  fill kiosk.conf | write /etc/madoguchi-kiosk/kiosk.conf 0644
fi

# ---- pairing
if [ -n "$code" ]; then
  if [ "$dry" = yes ]; then
    say "would pair:  with $ward, key into /etc/madoguchi-kiosk/key (mode 600, user kiosk)"
  else
    printf '%s\n' "$code" | "$root/usr/local/lib/madoguchi-kiosk/madoguchi-kiosk.py" \
      --settings "$root/etc/madoguchi-kiosk/kiosk.conf" --pair
    [ -n "$root" ] || chown kiosk:kiosk /etc/madoguchi-kiosk/key
  fi
fi

# ---- the system: no disk behind the memory, no paper history, updates by themselves, started at boot
if [ -z "$root" ]; then
  if [ -n "$(tail -n +2 /proc/swaps)" ]; then
    run swapoff -a
  fi
  run systemctl mask swap.target
  if grep -Eqs '^[^#]+[[:space:]]swap[[:space:]]' /etc/fstab; then
    say "Take the swap line out of /etc/fstab yourself: memory must not be written to the disk."
  fi
  run systemctl daemon-reload
  run systemctl stop cups.socket cups.path cups.service
  run systemctl enable --now run-madoguchi.mount var-spool-cups.mount
  run systemctl start cups.service
  run cupsctl --no-share-printers --no-remote-any --no-remote-admin PreserveJobHistory=No PreserveJobFiles=No
  run systemctl enable madoguchi-kiosk.service
  run systemctl restart madoguchi-kiosk.service
fi
say
say "Next: set up the printer (docs/how-to/set-up-a-kiosk.md), then open the self-check at the machine:"
say "      $ward/ja/kiosk/check"
