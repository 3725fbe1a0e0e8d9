import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { prepareDemo } from '../../../main/sandbox/demo/demo.ts'
import { Store } from '../../../main/sandbox/store/store.ts'
import { SteppedClock } from './fixture.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function madePast(seed: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-past-'))
  folders.push(folder)
  const clock = new SteppedClock()
  const store = new Store(join(folder, 'platform.db'), clock)
  await prepareDemo(store, { seed, subscribed: true, walletPast: true })
  const lines = await store.read.selectFrom('ledger_lines').selectAll().orderBy('number').execute()
  const [wallet] = await store.read.selectFrom('wallets').selectAll().execute()
  const instances = await store.read.selectFrom('instances').selectAll().execute()
  const feed = await store.read.selectFrom('changes').select('id').where('topic', '=', 'ledger_line').execute()
  await store.close()
  return { lines, wallet, instances, feed, now: clock.now() }
}

test('the demo wallet has fifteen months behind it that add up, never below zero, and every line is in the feed', async () => {
  const { lines, wallet, instances, feed, now } = await madePast(1)
  let balance = 0
  for (const [index, line] of lines.entries()) {
    balance += line.amount_micro_au
    expect(line).toMatchObject({ number: index + 1, balance_micro_au: balance })
    expect(balance).toBeGreaterThanOrEqual(0)
    expect(line.at).toBeGreaterThanOrEqual(lines[index - 1]?.at ?? 0)
  }
  expect(wallet).toMatchObject({ balance_micro_au: balance, last_line: lines.length, existence_day: Math.floor(now / 86_400_000) })
  expect((now - (lines[0]?.at ?? now)) / 86_400_000).toBeGreaterThan(440)
  expect(feed).toHaveLength(lines.length)
  expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['opening', 'debit', 'top_up']))

  // Each instance once a day from the day after its creation until today.
  const today = Math.floor(now / 86_400_000)
  for (const instance of instances) {
    const days = lines.filter((line) => line.instance_id === instance.id && line.dimension === 'per_day_existence').map(({ reference }) => reference)
    expect(new Set(days).size).toBe(days.length)
    expect(days).toHaveLength(today - Math.floor(instance.created_at / 86_400_000))
  }
})

test('the same seed makes the same past, another seed another', async () => {
  const [one, same, other] = [await madePast(3), await madePast(3), await madePast(4)]
  expect(same.lines).toEqual(one.lines)
  expect(other.lines).not.toEqual(one.lines)
})
