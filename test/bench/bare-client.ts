/** The baseline of a drain: a bare undici client that posts ready-made bodies, one after the other. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Client } from 'undici'
import type { Platform } from './platform.ts'
import { CIPHERTEXT_BYTES } from './raw-sqlite.ts'

const BATCH = 500

/** Bodies of pushes with `total` new envelopes in batches of 500, as JSON in memory. */
export function preparePushes(total: number, sizeBytes = CIPHERTEXT_BYTES, perPush = BATCH, deviceId: string = randomUUID()): Buffer[] {
  const createdAt = new Date().toISOString()
  return Array.from({ length: Math.ceil(total / perPush) }, (_, push) => {
    const envelopes = Array.from({ length: Math.min(perPush, total - push * perPush) }, () => {
      const bytes = randomBytes(sizeBytes)
      return {
        id: randomUUID(),
        memory_ref: randomBytes(32).toString('hex'),
        revision: 1,
        sub_key_id: null,
        created_at: createdAt,
        size_bytes: sizeBytes,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        ciphertext: bytes.toString('base64'),
      }
    })
    return Buffer.from(JSON.stringify({ device_id: deviceId, session_id: null, envelopes }))
  })
}

export async function postAll({ url, token }: Pick<Platform, 'url' | 'token'>, bodies: readonly Buffer[]): Promise<void> {
  const client = new Client(url)
  for (const body of bodies) {
    const answer = await client.request({
      method: 'POST',
      path: '/v1/sync/push',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(text)
  }
  await client.close()
}

const MIB = 1024 * 1024

/** Another device fills the Free plan to its last byte: three envelopes of 8 MiB and one of 1 MiB. */
export async function fillFreePlan(platform: Pick<Platform, 'url' | 'token'>): Promise<void> {
  const deviceId = randomUUID()
  for (const sizeBytes of [8 * MIB, 8 * MIB, 8 * MIB, MIB]) await postAll(platform, preparePushes(1, sizeBytes, 1, deviceId))
}
