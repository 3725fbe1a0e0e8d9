import { expect } from '@playwright/test'
import { createAgent } from './support/agents-page.ts'
import { buyPlan } from './support/buy-plan.ts'
import { masterKeyOf, openerWith, queuedEnvelopes } from './support/device-records.ts'
import { memoriesOutOfOrder } from './support/order.ts'
import { openOldest, outboxList } from './support/outbox-page.ts'
import { test } from './support/stage.ts'
import { textFiles } from './support/text-files.ts'
import { writeMemories } from './support/writing.ts'

const LIMIT = 1_000
/** Revisions of one memory: each needs a push of its own, so these alone are more pushes than Free has in a month. */
const REVISIONS = 1_060
const OTHERS = 240
/** Written when the limit is known already. */
const LATE = 40

test('the operations limit holds what the bytes still had room for, and an upgrade delivers it', async ({ stage }) => {
  test.setTimeout(600_000)
  const platform = await stage.platform()
  const computer = await stage.computer(platform)
  const { dataDir } = computer
  const page = await stage.page(computer, '/devices')
  const diarist = await createAgent(page, computer, 'diarist')
  const librarian = await createAgent(page, computer, 'librarian')
  const files = textFiles({ count: REVISIONS + OTHERS, totalBytes: 0 }).map(({ bytes }) => bytes.subarray(0, 2_048))

  const written = (
    await Promise.all([
      writeMemories(diarist, [{ id: 'diary', contents: files.slice(0, REVISIONS) }]),
      writeMemories(
        librarian,
        Array.from({ length: OTHERS / 2 }, (_, index) => ({ id: `shelf/${index}`, contents: files.slice(REVISIONS + index * 2, REVISIONS + index * 2 + 2) })),
      ),
    ])
  ).flat()
  expect(written).toHaveLength(REVISIONS + OTHERS)

  const held = await test.step('1,000 pushes are taken, and the rest is held: together they are what was written', async () => {
    await expect.poll(() => statesIn(dataDir), { timeout: 240_000 }).toEqual(['delivered', 'held'])
    const queued = queuedEnvelopes(dataDir)
    const kept = queued.filter(({ state }) => state === 'held')
    const stored = platform.envelopes()
    expect(platform.counter('sync_operations')).toEqual({ used: LIMIT, limit: LIMIT })
    expect(platform.counter('encrypted_bytes').used).toBeLessThan(25 * 1024 ** 2)
    expect(stored.length + kept.length).toBe(written.length)
    expect(new Set([...stored, ...kept].map(({ id }) => id)).size).toBe(written.length)
    expect(kept.every(({ heldBy }) => heldBy === 'sync_operations')).toBe(true)
    expect(kept.length).toBeGreaterThanOrEqual(REVISIONS - LIMIT)
    expect(memoriesOutOfOrder(stored)).toEqual([])
    return kept
  })

  await test.step('the page says which limit, in the platform’s words', async () => {
    const title = `${held.length} writes are held on this computer`
    await stage.go(page, '/')
    const banner = page.getByRole('region', { name: title })
    await expect(banner).toContainText(`Sync operations: ${held.length} writes`)
    await expect(banner).toContainText(/limit reached \(1,000 of 1,000\)\. Upgrade to Pro for 50,000 sync operations\./)
    await expect(banner.getByRole('listitem').filter({ hasText: 'Pro' }).last()).toContainText(`Releases all ${held.length} writes`)
    await expect(page.getByRole('meter', { name: 'Sync operations' })).toHaveAttribute('aria-valuetext', /^1,000 of 1,000, 100\s%, Limit reached/)
    await stage.go(page, '/outbox?states=held')
    const details = await openOldest(page, held.length)
    await expect(details.getByRole('region', { name: 'Attempts' })).toContainText('HTTP 429 · sync_operations_exceeded')
    await expect(details).toContainText('Held by')
    await page.keyboard.press('Escape')
  })

  const late = await test.step('an agent that writes now is held too, and told nothing of it', async () => {
    const more = await writeMemories(
      librarian,
      Array.from({ length: LATE / 2 }, (_, index) => ({ id: `late/${index}`, contents: files.slice(index * 2, index * 2 + 2) })),
    )
    await expect(outboxList(page)).toHaveAttribute('aria-rowcount', String(held.length + LATE + 1))
    expect(platform.counter('sync_operations').used).toBe(LIMIT)
    return more
  })

  await test.step('with Pro a new period begins, and everything is delivered, once and in order', async () => {
    await buyPlan(page, 'Pro')
    await expect(page.getByText(`${held.length + LATE} held writes have been delivered. Nothing is held any more.`)).toBeVisible({ timeout: 60_000 })
    expect(statesIn(dataDir)).toEqual(['delivered'])
    const stored = platform.sealedEnvelopes()
    expect(new Set(stored.map(({ id }) => id)).size).toBe(written.length + LATE)
    expect(stored).toHaveLength(written.length + LATE)
    expect(memoriesOutOfOrder(stored)).toEqual([])
    const { used, limit } = platform.counter('sync_operations')
    expect(limit).toBe(50_000)
    expect(used).toBeGreaterThanOrEqual(REVISIONS - LIMIT)
    expect(used).toBeLessThanOrEqual(held.length + LATE)

    const open = openerWith(await masterKeyOf(dataDir))
    const originals = new Map([...written, ...late].map((one) => [one.envelopeId, one.bytes]))
    const changed = stored.filter(({ id, memory_ref: memoryRef, revision, ciphertext }) => {
      const { bytes } = open({ id, memoryRef, revision }, ciphertext)
      return !originals.get(id)?.equals(bytes)
    })
    expect(changed).toEqual([])
  })
})

function statesIn(dataDir: string): string[] {
  return [...new Set(queuedEnvelopes(dataDir).map(({ state }) => state))].sort()
}
