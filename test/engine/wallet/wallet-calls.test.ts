import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { estimateResponse } from '../../../shared/contract/platform/wallet.ts'
import { SandboxFixture } from '../sandbox/fixture.ts'
import { openWholeEngine, type WholeEngine } from '../whole-engine.ts'
import { HOME } from '../sandbox/wallet-fixture.ts'

const SMALL = { element: 'gpu-action', operation: 'invoke', quantities: { per_invocation: 2, running_seconds: 30, gpu_seconds: 30 } }

let platform: SandboxFixture
let whole: WholeEngine
let call: WholeEngine['call']
let workspaceId: string
let token: string

beforeEach(async () => {
  platform = await SandboxFixture.start()
  token = platform.members.find(({ circle, role }) => circle === HOME && role === 'tenant_admin')?.token ?? ''
  whole = await openWholeEngine(platform.sandbox.url)
  call = whole.call
  workspaceId = (await call('workspaces.add', { url: platform.sandbox.url, token })).id
  await until(async () => (await call('wallet.read', { workspaceId, circle: null })).wallet !== null)
})
afterEach(async () => {
  await whole.close()
  await platform.stop()
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not come to hold')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const run = (approvalId: string | null = null, operation = SMALL, attemptId: string = randomUUID()) =>
  call('wallet.run', { workspaceId, circle: HOME, ...operation, approvalId, attemptId })

test('an estimate from the cached tables is to the micro-AU what the platform estimates and then debits', async () => {
  const local = await call('wallet.estimate', { workspaceId, ...SMALL })
  const remote = (await platform.send(estimateResponse, 'POST', `/api/${HOME}/pricing/estimate`, { token, body: SMALL })).value
  expect(local).toMatchObject({ totalMicroAu: String(remote.total_micro_au), chip: remote.chip, approvalRequired: remote.approval_required })
  expect(local.lines.map(({ dimension, amountMicroAu, scope }) => [dimension, Number(amountMicroAu), scope])).toEqual(
    remote.lines.map(({ dimension, amount_micro_au: amount, scope }) => [dimension, amount, scope]),
  )
  expect(await run()).toMatchObject({ state: 'done', totalMicroAu: local.totalMicroAu })
})

test('a run shows in balance, ledger and burn-down without being asked for', async () => {
  const before = await call('wallet.read', { workspaceId, circle: HOME })
  const { totalMicroAu: total, lines } = await call('wallet.estimate', { workspaceId, ...SMALL })
  await run()
  await until(async () => (await call('wallet.read', { workspaceId, circle: HOME })).wallet?.balanceMicroAu !== before.wallet?.balanceMicroAu)
  const left = BigInt(before.wallet?.balanceMicroAu ?? 0) - BigInt(total)
  expect((await call('wallet.read', { workspaceId, circle: HOME })).wallet).toMatchObject({
    balanceMicroAu: String(left),
    availableMicroAu: String(left),
    hardWall: true,
  })

  const ledger = await call('wallet.ledger', { workspaceId, circle: HOME, kind: 'debit', element: null, before: null, limit: 2 })
  expect(ledger.total).toBe(lines.length)
  expect(ledger.rows[0]).toMatchObject({
    elementName: 'Accelerated action',
    balanceMicroAu: String(left),
    dimensionName: 'Accelerator time',
    quantityText: '30 seconds',
  })
  const rest = await call('wallet.ledger', { workspaceId, circle: HOME, kind: 'debit', element: null, before: ledger.next, limit: 2 })
  expect([...ledger.rows, ...rest.rows].reduce((sum, row) => sum - BigInt(row.amountMicroAu), 0n)).toBe(BigInt(total))

  const { days } = await call('wallet.burnDown', { workspaceId, circle: HOME, days: 7 })
  expect(days.at(-1)).toMatchObject({ debitedMicroAu: total, balanceMicroAu: String(left) })
  expect(days.slice(0, -1).map(({ balanceMicroAu }) => balanceMicroAu)).toEqual(Array.from({ length: 6 }, () => null))
})

test('the same attempt twice is debited once; a cost beyond the balance comes back in the platform’s words', async () => {
  const attemptId = randomUUID()
  const first = await run(null, SMALL, attemptId)
  expect(await run(null, SMALL, attemptId)).toEqual(first)
  await expect(run(null, { ...SMALL, quantities: { per_invocation: 0, running_seconds: 0, gpu_seconds: 10_000 } })).rejects.toThrow('insufficient_balance')
})

test('an instance is there with what it costs a day, and gone when it is deleted', async () => {
  const made = await call('wallet.createInstance', {
    workspaceId,
    circle: HOME,
    element: 'voice-line',
    name: 'Front desk',
    approvalId: null,
    attemptId: randomUUID(),
  })
  expect(made).toMatchObject({ state: 'done', totalMicroAu: '10000' })
  await until(async () => (await call('wallet.instances', { workspaceId, circle: HOME })).length === 1)
  const [instance] = await call('wallet.instances', { workspaceId, circle: HOME })
  expect(instance).toMatchObject({ name: 'Front desk', elementName: 'Voice line', perDayMicroAu: '60000', suspendedAt: null })
  await call('wallet.deleteInstance', { workspaceId, circle: HOME, id: instance?.id ?? '' })
  expect(await call('wallet.instances', { workspaceId, circle: HOME })).toEqual([])
})

test('without the platform: balance, ledger, prices and estimates stay, and spending says why not', async () => {
  await platform.sandbox.stop()
  expect((await call('wallet.read', { workspaceId, circle: null })).wallet).toMatchObject({ balanceMicroAu: '5000000' })
  expect((await call('wallet.ledger', { workspaceId, circle: HOME, kind: null, element: null, before: null, limit: 10 })).rows).toMatchObject([
    { kind: 'opening' },
  ])
  expect((await call('wallet.prices', { workspaceId }))?.elements.length).toBeGreaterThanOrEqual(20)
  expect(await call('wallet.estimate', { workspaceId, ...SMALL })).toMatchObject({ chip: 'quiet' })
  await expect(run()).rejects.toThrow(/^offline/)
})
