#!/usr/bin/env bash
# standardwebhooks 1.1.1: a rightly signed message is refused when its headers come as a Fetch `Headers` object.
#
# `verify(payload, headers)` reads the headers as properties of a plain object. A `Headers` object, which is what every
# server on the Fetch API has at hand (Hono, Next.js, Deno, Workers), has none of them, so the answer is "Missing required
# headers": the words of a request that was never signed. The types (Record<string, string>) only warn in TypeScript.
#
# Seen: plain object: verified
#       Headers: Missing required headers
#       Headers as entries: verified
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error standardwebhooks@1.1.1 >/dev/null
cat >verify.mjs <<'JS'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
const now = new Date()
const body = '{"type":"order.paid"}'
const plain = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
  'webhook-signature': webhook.sign('msg_1', now, body),
}
const headers = new Headers(plain)
for (const [name, given] of [['plain object', plain], ['Headers', headers], ['Headers as entries', Object.fromEntries(headers)]]) {
  try {
    webhook.verify(body, given)
    console.log(`${name}: verified`)
  } catch (error) {
    console.log(`${name}: ${error.message}`)
  }
}
JS
node verify.mjs | tee seen
diff - seen <<'SEEN'
plain object: verified
Headers: Missing required headers
Headers as entries: verified
SEEN
