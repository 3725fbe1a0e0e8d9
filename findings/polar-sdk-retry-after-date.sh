#!/usr/bin/env bash
# @polar-sh/sdk 1.0.1: a rate limit that names its end as a date leaves no time to wait for.
#
# RFC 9110 §10.2.3 lets Retry-After be a number of seconds or an HTTP date. The SDK reads the header with parseInt, so a
# date makes `retryAfter` of its PolarRateLimitError NaN. Whoever hands that to setTimeout waits one millisecond, and
# JSON shows null. Seconds are read as they should be.
#
# Seen: seconds: PolarRateLimitError 60
#       date: PolarRateLimitError NaN
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error @polar-sh/sdk@1.0.1 >/dev/null
cat >ask.mjs <<'JS'
import { createServer } from 'node:http'
import { createPolar } from '@polar-sh/sdk/2026-10'

let retryAfter = ''
const server = createServer((_request, response) => {
  response.writeHead(429, { 'retry-after': retryAfter, 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: 'RateLimited', detail: 'Slow down.' }))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const polar = createPolar({ accessToken: 'none', baseUrl: `http://127.0.0.1:${server.address().port}` })
for (const [name, value] of [['seconds', '60'], ['date', new Date(Date.now() + 60_000).toUTCString()]]) {
  retryAfter = value
  await polar.orders.list({}).then(
    () => console.log(`${name}: no error`),
    (error) => console.log(`${name}: ${error.name} ${error.retryAfter}`),
  )
}
server.close()
JS
node ask.mjs | tee seen
diff - seen <<'SEEN'
seconds: PolarRateLimitError 60
date: PolarRateLimitError NaN
SEEN
