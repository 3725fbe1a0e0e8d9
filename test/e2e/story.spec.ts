import { randomUUID } from 'node:crypto'
import { expect, type Page } from '@playwright/test'
import { deriveAuthenticationSecret, deriveMemoryRefKey, deriveSealingKey } from '../../main/engine/vault/keys/derivation.ts'
import { readKeyName } from '../../main/engine/vault/envelopes/envelope-header.ts'
import { chooseTheme, expectAccessible } from './support/accessibility.ts'
import type { Agent } from './support/agent.ts'
import { createAgent, renameThisDevice } from './support/agents-page.ts'
import { type Canary, canariesIn, unreadableRequests } from './support/canaries.ts'
import { CARD, payWith } from './support/card.ts'
import { lanceEnvelopes, masterKeyOf, openerWith, type QueuedEnvelope, queuedEnvelopes, stagedCount } from './support/device-records.ts'
import { ascending, memoriesOutOfOrder, sequencesOfFreeOnes } from './support/order.ts'
import { openOldest, outboxList } from './support/outbox-page.ts'
import { test } from './support/stage.ts'
import { textFiles } from './support/text-files.ts'
import { type Memory, type Written, write, writeMemories } from './support/writing.ts'

const MIB = 1024 * 1024
const LIMIT_BYTES = 25 * MIB
const FILES = 3_200
/** What the memory ids of planted contents say, and so on: each is unlike anything that a program writes by itself. */
const canary = (what: string): string => `canary-${what}-${randomUUID()}`
const names = {
  content: canary('content'),
  memoryId: canary('memory'),
  firstAgent: canary('agent'),
  secondAgent: canary('agent'),
  device: canary('device'),
  file: canary('file'),
  fileContent: canary('file-content'),
}

/** Base64url of 32 bytes: may itself hold the underscore that stands before it. */
const SECRET_CHARACTERS = 43

test('over quota, held, upgraded, released: nothing is lost, nothing twice, and the platform saw no cleartext', async ({ stage }) => {
  test.setTimeout(600_000)
  const platform = await stage.platform()
  const line = await stage.proxy(platform)
  const computer = await stage.computer(platform, { at: line.url })
  const { dataDir } = computer
  const page = await stage.page(computer, '/devices')
  // Contrast is measured on colours at rest.
  await page.emulateMedia({ reducedMotion: 'reduce' })

  const agents = await test.step('the lead names the computer and creates two sub-keys, whose secrets are shown once', async () => {
    await renameThisDevice(page, names.device)
    const created = [await createAgent(page, computer, names.firstAgent), await createAgent(page, computer, names.secondAgent)]
    for (const { secret } of created) expect(await page.content()).not.toContain(secret)
    await page.reload()
    await expect(page.getByRole('row').filter({ hasText: names.secondAgent })).toBeVisible()
    for (const { secret } of created) expect(await page.content()).not.toContain(secret)
    await expect(page.getByRole('meter', { name: 'API sub-keys' })).toHaveAttribute('aria-valuetext', /^2 of 2\b/)
    return created
  })

  await test.step('the lead imports a file in the page', async () => {
    await stage.go(page, '/outbox?import=open')
    await page.getByLabel('Choose files').setInputFiles({ name: `${names.file}.txt`, mimeType: 'text/plain', buffer: Buffer.from(names.fileContent) })
    await expect(page.getByRole('dialog').getByText('Import finished')).toBeVisible()
    await page.keyboard.press('Escape')
  })

  const written = await test.step(`two agents write ${FILES} real files in parallel, and none of them ever hears of a limit`, async () => {
    const files = textFiles({ count: FILES, totalBytes: 38 * MIB })
    const [first, second] = agents
    if (first === undefined || second === undefined) throw new Error('There are two agents')
    const shares = [files.slice(0, FILES / 2), files.slice(FILES / 2)]
    const planted = [
      await write(first, names.memoryId, Buffer.from(`Before ${names.content} after`)),
      await write(second, 'plain id', Buffer.from(names.content)),
    ]
    const all = await Promise.all([writeMemories(first, memoriesOf(shares[0] ?? [])), writeMemories(second, memoriesOf(shares[1] ?? []))])
    return [...planted, ...all.flat()]
  })
  expect(written.length).toBeGreaterThanOrEqual(3_000)
  // The imported file is the one write that no agent made.
  const total = written.length + 1

  await test.step('what fits is at the platform, the rest is held, and together they are what was written', async () => {
    // What is held together is asked about by one write, 15 s after the last such question at most.
    const withHead = () => platform.counter('encrypted_bytes').used + (heldIn(dataDir)[0]?.sizeBytes ?? 0)
    await expect.poll(withHead, { timeout: 40_000 }).toBeGreaterThan(LIMIT_BYTES)
    await expect.poll(() => tally(dataDir), { timeout: 60_000 }).toEqual({ delivered: platform.envelopes().length, held: total - platform.envelopes().length })
    const stored = platform.envelopes()
    expect(new Set(stored.map(({ id }) => id))).toEqual(idsOf(queuedEnvelopes(dataDir).filter(({ state }) => state === 'delivered')))
    expect(new Set([...written.map(({ envelopeId }) => envelopeId)]).size).toBe(written.length)
    expect(memoriesOutOfOrder(stored)).toEqual([])
    const { used, limit } = platform.counter('encrypted_bytes')
    expect(limit).toBe(LIMIT_BYTES)
    expect(used).toBe(stored.reduce((sum, { size_bytes: size }) => sum + size, 0))
    expect(used).toBeLessThanOrEqual(LIMIT_BYTES)
    expect(platform.counter('sync_operations').used).toBeLessThan(1_000)
  })

  const held = heldIn(dataDir)
  const heldBytes = sum(held)
  const heldTitle = `${count(held.length)} writes are held on this computer`
  const banner = page.getByRole('region', { name: heldTitle })

  await test.step('the overview says so: a red meter, the platform’s reason, and what Pro and Team would release', async () => {
    await stage.go(page, '/')
    await expect(banner).toBeVisible()
    await expect(banner).toContainText(`${bytes(heldBytes)} since `)
    await expect(banner).toContainText(`Encrypted bytes: ${count(held.length)} writes, ${bytes(heldBytes)}`)
    await expect(banner).toContainText(/Encrypted bytes limit reached \(24\.\d+ MiB of 25 MiB, .+ more does not fit\)\. Upgrade to Pro for 5 GiB\./)
    const { used } = platform.counter('encrypted_bytes')
    for (const [plan, price, limitBytes] of [
      ['Pro', '$19 / month', 5 * 1024 * MIB],
      ['Team', '$49 / month', 100 * 1024 * MIB],
    ] as const) {
      expect(used + heldBytes).toBeLessThanOrEqual(limitBytes)
      const offer = banner.getByRole('listitem').filter({ has: page.getByRole('button', { name: `Upgrade to ${plan}` }) })
      await expect(offer).toContainText(price)
      await expect(offer).toContainText(`Releases all ${count(held.length)} writes (${bytes(heldBytes)})`)
      await expect(offer).toContainText('Nothing stays held')
    }
    const meter = page.getByRole('meter', { name: 'Encrypted bytes' })
    await expect(meter).toHaveAttribute('aria-valuenow', String(used))
    await expect(meter).toHaveAttribute(
      'aria-valuetext',
      new RegExp(
        `^${count(used)} bytes of 26,214,400 bytes, .+\\s%, Limit reached, ${count(held.length)} writes \\(${bytes(heldBytes)}\\) held behind the limit$`,
      ),
    )
    await expect(page.locator('[data-level="red"]').filter({ has: meter })).toContainText('Limit reached')
    await expect(page.getByRole('meter', { name: 'API sub-keys' })).toHaveAttribute('aria-valuetext', /^2 of 2, 100\s%, Limit reached/)
    await expect(page.getByRole('meter', { name: 'Sync devices' })).toHaveAttribute('aria-valuetext', /^1 of 2, 50\s%/)
  })

  await test.step('the outbox lists them with their agent, meter and reason, newest first', async () => {
    await banner.getByRole('button', { name: 'Show held writes' }).click()
    const list = outboxList(page)
    await expect(list).toHaveAttribute('aria-rowcount', String(held.length + 1))
    const newest = held.at(-1)
    const write = written.find(({ envelopeId }) => envelopeId === newest?.id)
    const row = list.getByRole('row').nth(1)
    await expect(row).toContainText('Held')
    await expect(row).toContainText(write?.memoryId ?? 'a write of the agents')
    await expect(row).toContainText(write?.subKeyId === agents[0]?.subKeyId ? names.firstAgent : names.secondAgent)
    // Its own words: that it waits behind the limit, or why it was refused where it was the one that the platform was asked about.
    const reason =
      newest !== undefined && hasEarlier(held, newest) ? 'Waits behind an earlier write of the same memory' : /Waits behind Encrypted bytes|limit reached/
    await expect(row).toContainText(reason)

    await page.getByRole('button', { name: 'Held by agent and limit' }).click()
    const summary = page.getByRole('region', { name: 'Summary' })
    for (const [name, agent] of [
      [names.firstAgent, agents[0]],
      [names.secondAgent, agents[1]],
    ] as const) {
      const own = held.filter(({ subKeyId }) => subKeyId === agent?.subKeyId)
      await expect(summary).toContainText(`${name}${count(own.length)} writes, ${bytes(sum(own))}`)
    }
    await expect(summary).toContainText(`Encrypted bytes${count(held.length)} writes, ${bytes(heldBytes)}`)
  })

  await test.step('asked once more, the platform refuses with 402, and the attempt is on record', async () => {
    const details = await openOldest(page, held.length)
    await expect(details).toContainText('Held by')
    await details.getByRole('button', { name: 'Retry' }).click()
    await expect(details.getByRole('region', { name: 'Attempts' })).toContainText('HTTP 402 · encrypted_bytes_exceeded')
    await expect(details).toContainText('Upgrade to Pro for 5 GiB.')
    expect(line.requests.filter(({ path, status }) => path === '/v1/sync/push' && status === 402).length).toBeGreaterThan(0)
    await page.keyboard.press('Escape')
    await expect(details).toBeHidden()
    expect(idsOf(heldIn(dataDir))).toEqual(idsOf(held))
  })

  await test.step('the held envelopes are in the Lance table, each as it was sealed', async () => {
    await expect.poll(() => stagedCount(dataDir), { timeout: 60_000 }).toBe(0)
    const open = openerWith(await masterKeyOf(dataDir))
    const rows = new Map((await lanceEnvelopes(dataDir)).map((row) => [row.id, row]))
    const originals = new Map(written.map((one) => [one.envelopeId, one]))
    for (const { id, memoryRef, revision, sizeBytes } of held) {
      const row = rows.get(id)
      if (row === undefined) throw new Error(`Held envelope ${id} is not in the Lance table`)
      expect(row.ciphertext.length).toBe(sizeBytes)
      expectSame(open({ id, memoryRef, revision }, row.ciphertext), originals.get(id))
    }
    // Delivered ones are kept too, so that the computer can give them back to its agents.
    expect(rows.size).toBe(total)
  })

  await test.step('every page is accessible in this state, in both themes', async () => {
    for (const theme of ['Light', 'Dark'] as const) {
      await chooseTheme(page, theme)
      await eachPage(page, (where) => expectAccessible(page, `${where} (${theme})`))
    }
    await chooseTheme(page, 'Light')
  })

  await test.step('started again without a network, everything is still there, with its age; buying says why it cannot be done', async () => {
    await stage.go(page, '/')
    const reasons = await banner.getByRole('listitem').allInnerTexts()
    await computer.stop()
    await line.setFaults({ kind: 'refuse' })
    await computer.start()
    await stage.enter(page, computer)
    await expect(page.getByText(/^As of /)).toBeVisible()
    await expect(page.getByRole('button', { name: /^Connection:/ })).toContainText(`Offline. ${count(held.length)} writes saved on this computer. Data from`)
    await expect(banner).toBeVisible()
    // The same words as before the restart; only the buttons have become longer, by why they cannot be pressed.
    const offline = await banner.getByRole('listitem').allInnerTexts()
    expect(offline.map((words, index) => words.slice(0, reasons[index]?.length))).toEqual(reasons)
    await expect(page.getByRole('meter', { name: 'Encrypted bytes' })).toHaveAttribute('aria-valuenow', String(platform.counter('encrypted_bytes').used))
    await expect(page.getByRole('region', { name: 'Plan', exact: true })).toContainText('Free')
    for (const plan of ['Pro', 'Team']) {
      const upgrade = banner.getByRole('button', { name: `Upgrade to ${plan}` })
      await expect(upgrade).toHaveAttribute('aria-disabled', 'true')
      await expect(upgrade).toHaveAccessibleDescription(/^Offline: a checkout needs an answer from the platform\./)
    }
    await stage.go(page, '/outbox?states=held')
    await expect(outboxList(page)).toHaveAttribute('aria-rowcount', String(held.length + 1))
    await expectAccessible(page, 'Outbox without a network')
    await stage.go(page, '/')
    await expectAccessible(page, 'Overview without a network')
  })

  await test.step('the network is back: a declined card first, which the console says', async () => {
    await line.setFaults()
    await expect(page.getByRole('button', { name: /^Connection:/ })).toContainText('Online', { timeout: 60_000 })
    // One of them may be on its way for a moment: after a start the platform is asked with a single write.
    await expect.poll(() => idsOf(heldIn(dataDir))).toEqual(idsOf(held))
    await banner.getByRole('button', { name: 'Upgrade to Pro' }).click()
    await expect(page.getByRole('dialog')).toContainText(`Releases all ${count(held.length)} writes (${bytes(heldBytes)})`)
    const opening = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Pay $19.00 in the browser' }).click()
    const checkout = await opening
    await expect(page.getByText('Waiting for the payment of Pro')).toBeVisible()
    await payWith(checkout, CARD.declined)
    await expect(checkout.getByRole('alert')).toContainText('Your card was declined. Nothing was charged.')
    await expect(page.getByText('The payment of Pro was declined')).toBeVisible()
    expect(idsOf(heldIn(dataDir))).toEqual(idsOf(held))

    // Slow enough for a person to see the held writes leave.
    await line.setFaults({ kind: 'slow', delayMs: 400, match: ({ path }) => path === '/v1/sync/push' })
    await payWith(checkout, CARD.pays)
    await expect(checkout.getByRole('heading', { name: 'You are on Pro now' })).toBeVisible()
  })

  await test.step('the plan is Pro, and the held writes leave with progress, until a notice says that none is left', async () => {
    const release = page.getByRole('progressbar', { name: 'Releasing held writes' })
    await expect(release).toBeVisible()
    await expect(release).toHaveAttribute('aria-valuetext', new RegExp(`^Releasing: [\\d,]+ of ${count(held.length)}\\. .+/s`))
    await expect(page.getByText('Pro is in force')).toBeVisible()
    await expect(page.getByRole('region', { name: 'Plan', exact: true })).toContainText('$19 / month')
    await expect(page.getByText(`${count(held.length)} held writes have been delivered. Nothing is held any more.`)).toBeVisible({ timeout: 60_000 })
    await expect(page.getByRole('heading', { name: /held on this computer/ })).toBeHidden()
    await expect(release).toBeHidden()
  })

  await test.step('everything is delivered, once, in order, and opens to its original bytes', async () => {
    expect(tally(dataDir)).toEqual({ delivered: total, held: 0 })
    const stored = platform.sealedEnvelopes()
    expect(stored).toHaveLength(total)
    expect(new Set(stored.map(({ id }) => id))).toEqual(idsOf(queuedEnvelopes(dataDir)))
    expect(new Set(stored.map(({ memory_ref: memory, revision }) => `${memory}/${revision}`)).size).toBe(total)
    expect(memoriesOutOfOrder(stored)).toEqual([])
    const free = sequencesOfFreeOnes(stored, held)
    expect(free.length).toBeGreaterThan(held.length / 2)
    expect(ascending(free)).toBe(true)
    expect(platform.counter('encrypted_bytes').used).toBe(stored.reduce((all, { size_bytes: size }) => all + size, 0))

    const open = openerWith(await masterKeyOf(dataDir))
    const originals = new Map(written.map((one) => [one.envelopeId, one]))
    for (const { id, memory_ref: memoryRef, revision, ciphertext } of stored) {
      const opened = open({ id, memoryRef, revision }, ciphertext)
      const original = originals.get(id)
      if (original !== undefined) expectSame(opened, original)
      else expect([opened.memoryId, Buffer.from(opened.bytes).toString()]).toEqual([expect.stringContaining(names.file), names.fileContent])
    }
    await stage.go(page, '/outbox')
    await expect(page.getByRole('button', { name: /^Delivered/ })).toContainText(/\d/)
    await expect(page.getByText('Nothing is waiting to leave.')).toBeVisible()
    await stage.go(page, '/honesty')
    await expect(page.getByRole('row', { name: /Ciphertext stored from this device/ })).toContainText('Agrees')
  })

  await test.step('nothing that left carried a name, an id, a content or a key', async () => {
    const masterKey = await masterKeyOf(dataDir)
    const [stored] = platform.sealedEnvelopes()
    expect(unreadableRequests(line.requests)).toEqual([])
    expect(canariesIn(line.requests, [...plantedCanaries(), ...keyCanaries(masterKey, agents, platform.sealedEnvelopes())])).toEqual([])
    expect(cleartextsIn(written, line.requests)).toEqual([])

    // What does leave is found by the same search, or its silence would say nothing.
    const salt = stored === undefined ? Buffer.alloc(0) : readKeyName(stored.ciphertext).salt
    const found = canariesIn(line.requests, [
      { name: 'token', bytes: Buffer.from(platform.token) },
      { name: 'salt', bytes: salt },
    ]).join('\n')
    expect(found).toContain('token as it is in POST /v1/sync/push')
    expect(found).toContain('salt as it is in POST /v1/sync/push')
    expect(found).toMatch(/salt as base64 \(shifted by \d\) in POST \/v1\/sync\/push/)
  })
})

/** One memory that is written again and again through the whole run, many of three revisions, and the rest once. */
function memoriesOf(files: readonly { path: string; bytes: Buffer }[]): Memory[] {
  const contents = files.map((file) => file.bytes)
  const often: Memory = { id: 'rewritten all the time', contents: contents.slice(0, 40) }
  const thrice = Array.from({ length: 100 }, (_, index) => ({ id: `thrice/${index}`, contents: contents.slice(40 + index * 3, 43 + index * 3) }))
  const once = files.slice(340).map(({ path, bytes: content }) => ({ id: path, contents: [content] }))
  // Spread over the run, so that there are some of each on both sides of the limit.
  return [often, ...once.flatMap((memory, index) => (index % 12 === 0 ? [memory, ...thrice.slice(index / 12, index / 12 + 1)] : [memory]))]
}

function plantedCanaries(): Canary[] {
  return Object.entries(names).map(([name, text]) => ({ name, bytes: Buffer.from(text) }))
}

/** The master key, the secrets of the agents, and every key that is derived from it. */
function keyCanaries(masterKey: Buffer, agents: readonly Agent[], stored: readonly { ciphertext: Buffer }[]): Canary[] {
  const salts = new Map(stored.map(({ ciphertext }) => readKeyName(ciphertext)).map(({ subKeyId, salt }) => [subKeyId, salt]))
  expect(salts.size).toBe(3)
  return [
    { name: 'master key', bytes: masterKey },
    { name: 'key of memory references', bytes: deriveMemoryRefKey(masterKey) },
    ...agents.flatMap(({ secret }) => [
      { name: 'sub-key secret', bytes: Buffer.from(secret) },
      { name: 'sub-key secret without its name', bytes: Buffer.from(secret.slice(-SECRET_CHARACTERS)) },
    ]),
    ...[...salts.values()].flatMap((salt) => [
      { name: 'authentication secret', bytes: deriveAuthenticationSecret(masterKey, salt) },
      { name: 'encryption key', bytes: deriveSealingKey(masterKey, salt).encryptionKey.export() },
    ]),
  ]
}

/** Pieces of the files themselves, as they are: the middle of every fiftieth that is long enough to be unlike every other text. */
function cleartextsIn(written: readonly Written[], requests: readonly { raw: Buffer }[]): string[] {
  const pieces = written
    .filter(({ bytes: content }, index) => index % 50 === 0 && content.length > 400)
    .map(({ memoryId, bytes: content }) => ({ memoryId, piece: content.subarray(content.length / 2, content.length / 2 + 120) }))
  expect(pieces.length).toBeGreaterThan(30)
  return pieces.filter(({ piece }) => requests.some(({ raw }) => raw.includes(piece))).map(({ memoryId }) => memoryId)
}

function expectSame(opened: { memoryId: string; contentType: string; bytes: Uint8Array }, original: Written | undefined): void {
  // Compared as a whole: a failing comparison of buffers would print both.
  const same = original !== undefined && opened.memoryId === original.memoryId && opened.contentType === original.contentType
  expect(same && Buffer.from(opened.bytes).equals(original.bytes), `${opened.memoryId} opens to what was written`).toBe(true)
}

function heldIn(dataDir: string): QueuedEnvelope[] {
  return queuedEnvelopes(dataDir).filter(({ state, heldBy }) => state === 'held' && heldBy === 'encrypted_bytes')
}

/** How many envelopes are in which state; only those two are without a zero. */
function tally(dataDir: string): Record<string, number> {
  const counts: Record<string, number> = { delivered: 0, held: 0 }
  for (const { state } of queuedEnvelopes(dataDir)) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

function hasEarlier(held: readonly QueuedEnvelope[], of: QueuedEnvelope): boolean {
  return held.some(({ memoryRef, sequence }) => memoryRef === of.memoryRef && sequence < of.sequence)
}

function idsOf(items: readonly { id: string }[]): Set<string> {
  return new Set(items.map(({ id }) => id))
}

function sum(items: readonly { sizeBytes: number }[]): number {
  return items.reduce((all, { sizeBytes }) => all + sizeBytes, 0)
}

/** As an American reads it; the console's own words come from its own code. */
function count(value: number): string {
  return value.toLocaleString('en-US')
}

function bytes(value: number): string {
  return `${(value / MIB).toFixed(1).replace(/\.0$/, '')} MiB`
}

async function eachPage(page: Page, check: (name: string) => Promise<void>): Promise<void> {
  for (const name of ['Overview', 'Outbox', 'Devices & sub-keys', 'Honesty', 'Settings']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    await check(name)
  }
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('button', { name: 'Compare plans' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Plans' })).toBeVisible()
  await check('Plans')
}
