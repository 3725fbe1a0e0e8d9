import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addToIdSum, EMPTY_ID_SUM } from '../../../shared/contract/id-sum.ts'
import * as contract from '../../../shared/contract/platform.ts'
import { DEVICE, envelope, SandboxFixture, SteppedClock } from './fixture.ts'

const OTHER_DEVICE = '0d000000-0000-4000-8000-000000000002'

let fixture: SandboxFixture
let clock: SteppedClock
let copies: string
beforeEach(async () => {
  clock = new SteppedClock()
  copies = mkdtempSync(join(tmpdir(), 'tidemark-copies-'))
  fixture = await SandboxFixture.start({ clock })
})
afterEach(async () => {
  await fixture.stop()
  rmSync(copies, { recursive: true, force: true })
})

/** Ends the platform and starts it again on the same folder, or on the copy that was made of it. */
async function restart({ copyTo, from }: { copyTo?: string; from?: string } = {}): Promise<void> {
  await fixture.sandbox.stop()
  if (copyTo !== undefined) cpSync(fixture.dataDir, join(copies, copyTo), { recursive: true })
  if (from !== undefined) {
    rmSync(fixture.dataDir, { recursive: true })
    cpSync(join(copies, from), fixture.dataDir, { recursive: true })
  }
  fixture = await SandboxFixture.start({ clock, dataDir: fixture.dataDir })
}

async function changes(since?: string) {
  return (await fixture.send(contract.changesResponse, 'GET', `/v1/sync/changes?limit=1000${since === undefined ? '' : `&since=${since}`}`)).value
}

async function restorePage(query: string) {
  return (await fixture.send(contract.restoreResponse, 'GET', `/v1/sync/envelopes${query}`)).value
}

async function summary(device = DEVICE) {
  return (await fixture.send(contract.deviceSummary, 'GET', `/v1/devices/${device}/summary`)).value
}

async function ids(query: string) {
  return (await fixture.send(contract.idsResponse, 'GET', `/v1/sync/ids?${query}`)).value
}

function sumOf(list: readonly string[]): string {
  return addToIdSum(
    EMPTY_ID_SUM,
    list.map((id) => createHash('sha256').update(id).digest('hex')),
  )
}

describe('eras', () => {
  test('ten restarts leave every cursor valid, with changes in between and without', async () => {
    const { results } = (await fixture.push([envelope()])).value
    expect(results).toMatchObject([{ status: 'stored' }])
    const cursors = [(await changes()).cursor]
    const places = [(await restorePage('')).cursor]
    for (let start = 0; start < 10; start += 1) {
      await restart()
      if (start % 3 === 0) {
        await fixture.push([envelope()])
        cursors.push((await changes()).cursor)
        places.push((await restorePage('')).cursor)
      }
    }
    for (const cursor of cursors) expect((await changes(cursor)).more).toBe(false)
    for (const place of places) expect((await restorePage(`?since=${place}`)).more).toBe(false)
  })

  test('a database that was put back does not know what was read after the copy, before and after it goes on', async () => {
    await fixture.push([envelope()])
    const [before, place] = [(await changes()).cursor, (await restorePage('')).cursor]
    await restart({ copyTo: 'early' })
    clock.step(60_000)
    await fixture.push([envelope(), envelope()])
    const [after, placeAfter] = [(await changes()).cursor, (await restorePage('')).cursor]
    await restart({ from: 'early' })
    const unknown = async (path: string) => expect(await fixture.refused('GET', path)).toMatchObject({ status: 410, error: { code: 'cursor_unknown' } })
    await unknown(`/v1/sync/changes?since=${after}`)
    await unknown(`/v1/sync/envelopes?since=${placeAfter}`)
    expect((await changes(before)).more).toBe(false)
    // Past the sequence of the lost cursor: it is still of another history.
    for (let pushed = 0; pushed < 4; pushed += 1) await fixture.push([envelope(), envelope()])
    await unknown(`/v1/sync/changes?since=${after}`)
    await unknown(`/v1/sync/envelopes?since=${placeAfter}`)
    expect((await changes(before)).more).toBe(false)
    expect((await restorePage(`?since=${place}`)).envelopes).toHaveLength(8)
  })

  test('it says when its newest change was made of the history that was read', async () => {
    await fixture.push([envelope()])
    const copiedAt = clock.now()
    await restart({ copyTo: 'early' })
    clock.step(3_600_000)
    await fixture.push([envelope()])
    const { cursor } = await changes()
    clock.step(3_600_000)
    await restart({ from: 'early' })
    await fixture.push([envelope()])
    const refusal = await fixture.refused('GET', `/v1/sync/changes?since=${cursor}`)
    expect(Date.parse(refusal.error.went_back_to ?? '')).toBe(copiedAt)
  })

  test('a cursor of round 1 in the restore order is taken anew', async () => {
    await fixture.push([envelope()])
    expect(await fixture.refused('GET', '/v1/sync/envelopes?since=1')).toMatchObject({ status: 410, error: { code: 'cursor_unknown' } })
  })

  test('a heartbeat, a page and a deleted newest envelope name cursors that are known', async () => {
    const sent = [envelope(), envelope()]
    await fixture.push(sent)
    const { cursor } = await restorePage('')
    await fixture.send(contract.deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${sent[1]?.id}`)
    expect((await restorePage(`?since=${cursor}`)).more).toBe(false)
  })
})

describe('the identity of a platform', () => {
  test('is the same after a restart and in a copy, and another one in another database', async () => {
    const identity = async (of: SandboxFixture) => (await of.send(contract.workspaceResponse, 'GET', '/v1/workspace')).value.platform_id
    const first = await identity(fixture)
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    await restart({ copyTo: 'early' })
    expect(await identity(fixture)).toBe(first)
    const other = await SandboxFixture.start({ clock })
    expect(await identity(other)).not.toBe(first)
    await other.stop()
  })
})

describe('the summary of a device', () => {
  test('counts each id once, whatever is deleted or comes again', async () => {
    const sent = [envelope(), envelope(), envelope()]
    await fixture.push(sent)
    await fixture.push(sent.slice(0, 2))
    await fixture.send(contract.deleteEnvelopeResponse, 'DELETE', `/v1/sync/envelopes/${sent[0]?.id}`)
    expect(await summary()).toMatchObject({ count: 3, sum: sumOf(sent.map(({ id }) => id)), stored_envelopes: 2 })
    const listed = await ids(`device=${DEVICE}`)
    expect(listed).toEqual({ ids: sent.map(({ id }) => ({ id, deleted: id === sent[0]?.id })).sort((a, b) => (a.id < b.id ? -1 : 1)), more: false })
  })

  test('a duplicate under another device counts for that one too, once', async () => {
    const sent = [envelope(), envelope()]
    await fixture.push(sent)
    await fixture.push(sent, { deviceId: OTHER_DEVICE })
    await fixture.push(sent, { deviceId: OTHER_DEVICE })
    for (const device of [DEVICE, OTHER_DEVICE]) {
      expect(await summary(device)).toMatchObject({ count: 2, sum: sumOf(sent.map(({ id }) => id)) })
      expect((await ids(`device=${device}`)).ids).toHaveLength(2)
    }
    expect(await summary(OTHER_DEVICE)).toMatchObject({ stored_envelopes: 0 })
  })

  test('its ids come by pages, and a device that never came has none', async () => {
    const sent = Array.from({ length: 5 }, () => envelope())
    await fixture.push(sent)
    const seen: string[] = []
    for (let after = ''; ; ) {
      const page = await ids(`device=${DEVICE}&limit=2${after}`)
      seen.push(...page.ids.map(({ id }) => id))
      if (!page.more) break
      after = `&after=${seen.at(-1)}`
    }
    expect(seen).toEqual(sent.map(({ id }) => id).sort())
    expect(await fixture.refused('GET', `/v1/devices/${OTHER_DEVICE}/summary`)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  })
})
