import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareDemo } from '../../../main/sandbox/demo/demo.ts'
import { demoWorkspaceId, demoWorkspaces } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { Store } from '../../../main/sandbox/store/store.ts'
import { BalanceWatch } from '../../../main/sandbox/alerts/balance-watch.ts'
import { openAccount } from '../../../main/sandbox/meter/open-account.ts'
import { type Credited, creditTopUp } from '../../../main/sandbox/wallet/credit.ts'
import { writeLines } from '../../../main/sandbox/wallet/ledger.ts'
import { openCircle } from '../../../main/sandbox/wallet/open-circle.ts'
import { SteppedClock } from './fixture.ts'
import { HOME } from './wallet-fixture.ts'

const SEED = 1

let folder: string
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-credit-'))
  store = new Store(join(folder, 'platform.db'), new SteppedClock())
  await prepareDemo(store, { seed: SEED, subscribed: true })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const workspaceOf = (circle: string | undefined): string => demoWorkspaceId(SEED, demoWorkspaces.find((demo) => demo.circle === circle)?.key ?? '')
const topUps = () => store.read.selectFrom('ledger_lines').select(['amount_micro_au', 'reference']).where('kind', '=', 'top_up').execute()

test('a payment that is told of twice, or by two at once, is credited once', async () => {
  const credit = (): Promise<Credited | null> => store.write((unit) => creditTopUp(unit, workspaceOf(HOME), 25_000_000, 'checkout-1'))
  await Promise.all([credit(), credit()])
  await credit()
  expect(await topUps()).toEqual([{ amount_micro_au: 25_000_000, reference: 'checkout-1' }])
  const { balance_micro_au: balance } = await store.read
    .selectFrom('wallets')
    .select('balance_micro_au')
    .where('circle_id', '=', HOME)
    .executeTakeFirstOrThrow()
  expect(balance).toBe(30_000_000)
})

test('a wallet that was filled and is low again is told of again', async () => {
  store.addReaction(new BalanceWatch().react)
  const debit = (amountMicroAu: bigint): Promise<unknown> =>
    store.write(async (unit) => writeLines(unit, await openCircle(unit, await openAccount(unit, workspaceOf(HOME)), HOME), [{ kind: 'debit', amountMicroAu }]))
  const fired = async () => (await store.read.selectFrom('alert_events').select('body').execute()).filter(({ body }) => body.includes('wallet:low')).length
  await debit(-4_000_000n)
  expect(await fired()).toBe(0)
  await debit(-1n)
  await debit(-1n)
  expect(await fired()).toBe(1)
  await store.write((unit) => creditTopUp(unit, workspaceOf(HOME), 5_000_000, 'checkout-1'))
  await debit(-5_000_000n)
  expect(await fired()).toBe(2)
})

test.each([0, -1, 0.5, Number.NaN, 2 ** 53])('%s micro-AU are not credited', async (amount) => {
  await expect(store.write((unit) => creditTopUp(unit, workspaceOf(HOME), amount, 'checkout-1'))).rejects.toThrow('cannot be credited')
  expect(await topUps()).toEqual([])
})

test('a workspace without a circle cannot be credited', async () => {
  await expect(store.write((unit) => creditTopUp(unit, workspaceOf(undefined), 1_000_000, 'checkout-1'))).rejects.toThrow('has no circle')
})
