import { createHmac, timingSafeEqual } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** How far a webhook's time may lie from ours. (Standard Webhooks; Polar's tolerance) */
const TOLERANCE_S = 5 * 60

export type WebhookHeaders = { id: string | undefined; timestamp: string | undefined; signature: string | undefined }
export type Verdict = { ok: true; id: string } | { ok: false; reason: 'missing_headers' | 'stale' | 'bad_signature' }

/** The headers of a webhook, signed by the standard: the key is the base64 after `whsec_`. */
export function signWebhook(secret: string, id: string, timestampMs: number, body: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(timestampMs / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, new Date(timestampMs), body),
  }
}

/**
 * Whether a webhook is Polar's. The signature may be made with either reading of the secret: by the standard the key is
 * the base64 after `whsec_`; Polar's server of August 2026 keys with the UTF-8 bytes of the whole string, prefix
 * included. The header may carry several signatures, separated by spaces.
 */
export function verifyWebhook(secret: string, { id, timestamp, signature }: WebhookHeaders, body: string, nowMs: number): Verdict {
  if (!id || !timestamp || !signature) return { ok: false, reason: 'missing_headers' }
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) > TOLERANCE_S) return { ok: false, reason: 'stale' }
  const content = `${id}.${timestamp}.${body}`
  const expected = keysOf(secret).map((key) => createHmac('sha256', key).update(content).digest())
  const given = signature.split(' ').flatMap((part) => (part.startsWith('v1,') ? [Buffer.from(part.slice(3), 'base64')] : []))
  const matches = given.some((one) => expected.some((other) => one.length === other.length && timingSafeEqual(one, other)))
  return matches ? { ok: true, id } : { ok: false, reason: 'bad_signature' }
}

function keysOf(secret: string): Buffer[] {
  const standard = Buffer.from(secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret, 'base64')
  return [standard, Buffer.from(secret, 'utf8')].filter((key) => key.length > 0)
}
