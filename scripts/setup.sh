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

# need TOOL PACKAGE — installs the package when the tool is missing and we are root on Debian; else ends with E9904.
need() {
  command -v "$1" >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2"; } >&2 &&
      command -v "$1" >/dev/null 2>&1; then
      return 0
    fi
  fi
  message E9904 "工具=$1" "软件包=$2"
  exit 1
}

need cc gcc
# gcc alone has no C library headers when Debian installs it without recommendations.
if ! printf '#include <stdio.h>\nint main(void){return 0;}\n' | cc -x c - -o /dev/null >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update && apt-get install -y --no-install-recommends libc6-dev; } >&2 || true
  else
    message E9904 "工具=libc" "软件包=libc6-dev"
    exit 1
  fi
fi
# library NAME PACKAGE LINK — reads a C program that uses it; installs the package when it does not compile, or ends with E9906.
library() {
  program=$(cat)
  printf '%s\n' "$program" | cc -x c - -x none -o /dev/null "$3" -lpthread >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2"; } >&2 || true
  else
    message E9906 "库=$1" "软件包=$2"
    exit 1
  fi
}
# The hashes of 标准库.加密.
library libcrypto libssl-dev -l:libcrypto.a <<'END'
#include <openssl/sha.h>
int main(void) { return 0; }
END
# The regular expressions of 标准库.正则.
library libpcre2-8 libpcre2-dev -l:libpcre2-8.a <<'END'
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
int main(void) { return pcre2_config(PCRE2_CONFIG_UNICODE, 0) < 0; }
END
# The tables of Unicode.
library libutf8proc libutf8proc-dev -l:libutf8proc.a <<'END'
#include <utf8proc.h>
int main(void) { return utf8proc_toupper(97) != 65; }
END
need make make
need python3 python3
need objdump binutils

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  message E9904 "工具=node" "软件包=nodejs npm"
  exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
  message E9905 "版本=$(node --version)"
  exit 1
fi

# The install and prepare scripts build the C runtime and the front end; include development tools whatever NODE_ENV says.
npm ci --include=dev --no-audit --no-fund --loglevel=error >&2
