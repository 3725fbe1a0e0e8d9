import type { Store } from '../store/store.ts'
import type { Transport } from './transport.ts'

/** Delay after each failed attempt; after the last one the message is given up, and stays on record. */
const RETRY_DELAYS_MS = [5_000, 60_000, 600_000, 3_600_000]
const BATCH = 50

/**
 * Sends what is queued, oldest first. A message is marked after the transport took it, so a crash in between sends it
 * twice rather than never.
 */
export async function sendDue(store: Store, transport: Transport): Promise<void> {
  const due = await store.read
    .selectFrom('deliveries')
    .select(['number', 'channel', 'recipient', 'subject', 'body', 'attempts'])
    .where('status', '=', 'queued')
    .where('next_at', '<=', store.now())
    .orderBy('number')
    .limit(BATCH)
    .execute()
  for (const { number, channel, recipient, subject, body, attempts } of due) {
    const failure = await transport.send({ channel, recipient: recipient ?? '', subject, body }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : 'The transport failed.'),
    )
    const delayMs = RETRY_DELAYS_MS[attempts]
    await store.write(({ tx, now }) =>
      tx
        .updateTable('deliveries')
        .set(
          failure === null
            ? { status: 'sent', sent_at: now, next_at: null, detail: null, attempts: attempts + 1 }
            : {
                status: delayMs === undefined ? 'failed' : 'queued',
                next_at: delayMs === undefined ? null : now + delayMs,
                detail: failure,
                attempts: attempts + 1,
              },
        )
        .where('number', '=', number)
        .execute(),
    )
  }
}
