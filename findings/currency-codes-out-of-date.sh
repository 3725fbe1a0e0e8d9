#!/usr/bin/env bash
# currency-codes 2.2.0: its newest release knows the list of ISO 4217 as it was published on 2024-06-25.
#
# XCG (Caribbean guilder, in force since 2025-03-31) is missing, and ANG, which it replaced, is still there. An invoice
# in XCG has no minor unit to be had from this package, so whoever falls back to two digits is right by luck, and whoever
# throws cannot print it.
#
# Seen: published 2024-06-25
#       XCG undefined
#       ANG 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error currency-codes@2.2.0 >/dev/null
cat >ask.mjs <<'JS'
import currencyCodes from 'currency-codes'

console.log(`published ${currencyCodes.publishDate}`)
for (const code of ['XCG', 'ANG']) console.log(`${code} ${currencyCodes.code(code)?.digits}`)
JS
node ask.mjs | tee seen
diff - seen <<'SEEN'
published 2024-06-25
XCG undefined
ANG 2
SEEN
