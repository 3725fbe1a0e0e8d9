#!/usr/bin/env bash
# better-sqlite3 13.2.0: `backup()` inside a write transaction of the same connection resolves, and makes no file.
#
# The promise is fulfilled with { totalPages: 0, remainingPages: 0 }: that is also what "everything was copied" looks like
# (remainingPages 0). Nothing is written at the destination. After the commit the same call copies both pages. Whoever
# backs up from a hook that may run inside a transaction has a copy only on paper: look at totalPages, or at the file.
# It runs on the Node 24 that is installed beside it: this version does not run on Node 20.
#
# Seen: inside: {"totalPages":0,"remainingPages":0} file: false
#       after: {"totalPages":2,"remainingPages":0} file: true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set 'allowScripts.node=true' --json >/dev/null
npm install --no-audit --no-fund --loglevel=error node@24.21.0 better-sqlite3@13.2.0 >/dev/null
cat >copy.mjs <<'JS'
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'

const database = new Database('original.db')
database.exec('CREATE TABLE amount (cents INTEGER)')
const copied = async (name) => {
  const told = await database.backup(`${name}.db`)
  console.log(`${name}: ${JSON.stringify(told)} file: ${existsSync(`${name}.db`)}`)
}
database.exec('BEGIN IMMEDIATE; INSERT INTO amount VALUES (1900)')
await copied('inside')
database.exec('COMMIT')
await copied('after')
JS
./node_modules/.bin/node copy.mjs | tee seen
diff - seen <<'SEEN'
inside: {"totalPages":0,"remainingPages":0} file: false
after: {"totalPages":2,"remainingPages":0} file: true
SEEN
