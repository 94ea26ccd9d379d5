#!/bin/sh
# Sets up a fresh clone: checks the tools, installs what Debian has when it may, then installs and builds.
#
#   sh scripts/setup.sh
#
# Needs node >= 20.19 with its headers, gcc (or another cc), make and python3. Messages are the E99xx rows of
# vm/include/qi/errors.def; nothing is printed when all is well.
set -eu
cd "$(dirname "$0")/.."

# message CODE PLACEHOLDER=VALUE… — both languages, from the one table of messages.
message() {
  row=$(grep "^QI_ERROR($1," vm/include/qi/errors.def)
  code=$1
  shift
  for pair in "$@"; do
    row=$(printf '%s' "$row" | sed "s|{${pair%%=*}}|${pair#*=}|g")
  done
  printf '%s\n' "$row" |
    sed -n 's/^[^"]*"\([^"]*\)", "\([^"]*\)", "\([^"]*\)", "\([^"]*\)".*/错误 ['"$code"']: \1\n  提示: \3\n  \2; \4/p' >&2
}

# install PACKAGE — true when apt-get installed it; false when it failed, or we are not root on Debian.
install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1"; } >&2 </dev/null
}

# need TOOL PACKAGE — installs the package when the tool is missing; ends with E9904 when it still is.
need() {
  command -v "$1" >/dev/null 2>&1 && return 0
  if install "$2" && command -v "$1" >/dev/null 2>&1; then return 0; fi
  message E9904 "工具=$1" "软件包=$2"
  exit 1
}

# compiles PROGRAM [LINK…] — whether the C program can be built.
compiles() {
  program=$1
  shift
  printf '%b' "$program" | cc -x c - -x none -o /dev/null "$@" -lpthread >/dev/null 2>&1
}

need cc gcc
# gcc alone has no C library headers when Debian installs it without recommendations.
hello='#include <stdio.h>\nint main(void) { return 0; }\n'
if ! compiles "$hello" && ! { install libc6-dev && compiles "$hello"; }; then
  message E9904 "工具=libc" "软件包=libc6-dev"
  exit 1
fi
need make make
need python3 python3
need objdump binutils
# For npm test alone: it checks the models of the scheduler where there is spin, and says that it does not where there is none.
command -v spin >/dev/null 2>&1 || install spin || true

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  message E9904 "工具=node" "软件包=nodejs npm"
  exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
  message E9905 "版本=$(node --version)"
  exit 1
fi

# The C libraries, as native.mjs lists them.
libraries=$(node scripts/native.mjs libraries)
printf '%s\n' "$libraries" | while IFS='|' read -r name package link program; do
  compiles "$program" "$link" && continue
  if install "$package" && compiles "$program" "$link"; then continue; fi
  message E9906 "库=$name" "软件包=$package"
  exit 1
done

# The install and prepare scripts build the C runtime and the front end; include development tools whatever NODE_ENV says.
npm ci --include=dev --no-audit --no-fund --loglevel=error >&2
