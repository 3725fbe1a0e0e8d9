import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { alertsResponse } from '../../../shared/contract/platform/alerts.ts'
import { workspaceResponse } from '../../../shared/contract/platform.ts'
import {
  elementDocument,
  elementsResponse,
  instanceDocument,
  ledgerResponse,
  pricingDocument,
  walletDocument,
} from '../../../shared/contract/platform/wallet.ts'
import { demoWorkspaces } from '../../../main/sandbox/demo/demo-workspaces.ts'
import { HOME, WalletStage } from './wallet-fixture.ts'

const OPENING = 5_000_000
/** 1,000 seconds at 20 micro-AU and one invocation at 50: 20,050 micro-AU. */
const SMALL = { element: 'python-action', operation: 'invoke', quantities: { per_invocation: 1, running_seconds: 1000 } }
const SMALL_COST = 20_050
/** 15 AU of output tokens: more than the wallet holds, and more than the policy lets pass unasked. */
const LARGE = { element: 'general-agent', operation: 'turn', quantities: { output_tokens: 1_000_000 } }
const HOUR_MS = 3_600_000

let stage: WalletStage
beforeEach(async () => {
  stage = await WalletStage.start()
})
afterEach(() => stage.stop())

/** The one rule that nothing may break. */
async function expectLedgerToAddUp(): Promise<void> {
  const [lines, wallet] = [await stage.ledger(), await stage.wallet()]
  let balance = 0n
  for (const line of lines) {
    balance += BigInt(line.amount_micro_au)
    expect(BigInt(line.balance_micro_au)).toBe(balance)
  }
  expect(BigInt(wallet.balance_micro_au)).toBe(balance)
  expect(lines.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1))
}

describe('a circle', () => {
  test('exists with its wallet from the same moment; the euro figure is the micro-AU in cents', async () => {
    const made = await stage.fixture.send(walletDocument, 'POST', '/api/circles', { token: stage.token, body: { circle: 'granite', name: 'Granite' } })
    expect(made.status).toBe(201)
    expect(made.value).toMatchObject({ circle: 'granite', balance_micro_au: OPENING, held_micro_au: 0, balance_eur: 5, plan: 'freemium', hard_wall: true })
    expect(await stage.ledger('granite')).toMatchObject([{ number: 1, kind: 'opening', amount_micro_au: OPENING, balance_micro_au: OPENING }])
    expect((await stage.documents()).get('wallet/granite')).toMatchObject({ balance_micro_au: OPENING })
  })

  test.each([
    ['a name that is taken', { circle: HOME }, 409, 'circle_name_taken'],
    ['the first part of another path', { circle: 'billing' }, 409, 'circle_name_taken'],
    ['a name that no path can hold', { circle: '../x' }, 400, 'invalid_request'],
    ['a field too many', { circle: 'slate', balance_micro_au: 9 }, 400, 'invalid_request'],
  ])('%s is refused', async (_, body, status, code) => {
    expect(await stage.fixture.refused('POST', '/api/circles', { token: stage.token, body })).toMatchObject({ status, error: { code } })
  })

  test('of another workspace is not there for a member of this one, whatever is asked of it', async () => {
    const stranger = stage.fixture.token('tenant_admin')
    for (const [method, path, body] of [
      ['GET', 'wallet', undefined],
      ['GET', 'ledger', undefined],
      ['GET', 'elements', undefined],
      ['POST', 'runs', SMALL],
      ['POST', 'pricing/estimate', SMALL],
      ['POST', 'instances', { element: SMALL.element }],
    ] as const) {
      const { status } = await stage.fixture.refused(method, `/api/${HOME}/${path}`, { token: stranger, body })
      expect(status).toBe(404)
    }
    expect(await stage.fixture.refused('POST', '/api/circles', { token: stranger, body: { circle: 'slate' } })).toMatchObject({
      status: 404,
      error: { code: 'wallet_unavailable' },
    })
    expect(await stage.balance()).toBe(OPENING)
  })
})

describe('the wall between tenants', () => {
  test('a member of another circle, with a wallet of its own, finds nothing of this one and can take nothing from it', async () => {
    const [first] = demoWorkspaces.filter(({ circle }) => circle === HOME)
    if (first === undefined) throw new Error('The demo has no circle')
    const both = await WalletStage.start({ demo: [first, { ...first, key: 'neighbour', name: 'Neighbour', circle: 'slate' }] })
    try {
      const neighbour = both.fixture.members.find(({ circle, role }) => circle === 'slate' && role === 'tenant_admin')?.token ?? ''
      await both.create('python-action')
      const [instance] = await both.instances()
      const reserve = await both.run(SMALL, { reserve: true })
      const asks = [
        ['GET', 'wallet', undefined],
        ['GET', 'ledger', undefined],
        ['GET', 'instances', undefined],
        ['GET', 'elements', undefined],
        ['POST', 'runs', SMALL],
        ['POST', `runs/${reserve.run_id}/settle`, { quantities: {} }],
        ['POST', 'pricing/estimate', SMALL],
        ['POST', 'instances', { element: SMALL.element }],
        ['DELETE', `instances/${instance?.id}`, undefined],
      ] as const
      for (const [method, path, body] of asks) {
        expect(await both.fixture.refused(method, `/api/${HOME}/${path}`, { token: neighbour, body })).toMatchObject({
          status: 404,
          error: { code: 'not_found' },
        })
      }
      // Nor under its own circle's name.
      for (const [method, path, body] of [
        ['POST', `runs/${reserve.run_id}/settle`, { quantities: {} }],
        ['DELETE', `instances/${instance?.id}`, undefined],
        ['POST', 'runs', { ...SMALL, instance_id: instance?.id }],
      ] as const) {
        expect((await both.fixture.refused(method, `/api/slate/${path}`, { token: neighbour, body })).status).toBe(404)
      }
      expect(await both.wallet()).toMatchObject({ balance_micro_au: OPENING - 10_000, held_micro_au: SMALL_COST })
      const feed = await both.documents(neighbour)
      expect([...feed.values()].filter((document) => JSON.stringify(document).includes(`"circle":"${HOME}"`))).toEqual([])
    } finally {
      await both.stop()
    }
  })
})

describe('a run', () => {
  test('makes a debit line for each dimension that it is billed on, with the balance after each', async () => {
    const answer = await stage.run(SMALL)
    expect(answer).toMatchObject({ status: 'settled', total_micro_au: SMALL_COST, balance_micro_au: OPENING - SMALL_COST, expires_at: null })
    const lines = (await stage.ledger()).filter(({ run_id: id }) => id === answer.run_id)
    expect(lines).toMatchObject([
      { dimension: 'per_invocation', quantity: 1, rate_micro_au: 50, per: 1, scope: 'category', amount_micro_au: -50, balance_micro_au: OPENING - 50 },
      { dimension: 'running_seconds', quantity: 1000, rate_micro_au: 20, per: 1, amount_micro_au: -20_000, balance_micro_au: OPENING - SMALL_COST },
    ])
    expect((await stage.documents()).get(`ledger_line/${HOME}/${lines[0]?.number}`)).toMatchObject({ amount_micro_au: -50 })
    await expectLedgerToAddUp()
  })

  test('costs what was estimated, and the estimate left the ledger as it was', async () => {
    const before = await stage.ledger()
    const estimate = await stage.estimate(SMALL)
    expect(await stage.ledger()).toEqual(before)
    expect(await stage.balance()).toBe(OPENING)
    const run = await stage.run(SMALL)
    expect({ lines: run.lines, total: run.total_micro_au }).toEqual({ lines: estimate.lines, total: estimate.total_micro_au })
    expect(estimate).toMatchObject({ chip: 'quiet', approval_required: false })
  })

  test('of an operation that no rule matches is free, and passes an empty wallet too', async () => {
    expect(await stage.estimate({ ...SMALL, operation: 'list' })).toMatchObject({ lines: [], total_micro_au: 0, chip: 'quiet', approval_required: false })
    expect(await stage.run({ ...SMALL, operation: 'list' })).toMatchObject({ lines: [], total_micro_au: 0, balance_micro_au: OPENING })
  })

  test('names a dimension that no price file declares: 422, estimated or run; one without a rule costs nothing', async () => {
    const misspelt = { ...SMALL, quantities: { per_invocaton: 1 } }
    const estimate = await stage.fixture.refused('POST', `/api/${HOME}/pricing/estimate`, { token: stage.token, body: misspelt })
    expect(estimate).toMatchObject({ status: 422, error: { code: 'unknown_dimension', _suggestion: expect.stringContaining('per_invocation') } })
    expect(await stage.runRefused(misspelt)).toMatchObject({ status: 422, error: { code: 'unknown_dimension' } })
    expect(await stage.estimate({ ...SMALL, quantities: { recipients: 3 } })).toMatchObject({ lines: [], total_micro_au: 0 })
    expect(await stage.balance()).toBe(OPENING)
  })

  test('that leaves a wallet low is told of once, with the way to top up', async () => {
    const fired = async () =>
      (await stage.fixture.send(alertsResponse, 'GET', '/api/billing/alerts', { token: stage.token })).value.events.filter(({ text }) =>
        text.includes('Wallet of'),
      )
    // 2.1 AU.
    const costly = { ...SMALL, quantities: { ...SMALL.quantities, running_seconds: 104_997 } }
    await stage.run(costly)
    expect(await fired()).toEqual([])
    await stage.run(costly)
    await stage.run(SMALL)
    expect(await fired()).toMatchObject([
      {
        text: 'Wallet of Basalt Circle: 0.80 AU left, less than 1.00 AU. Top it up on the page Wallet.',
        thresholds: [{ name: 'Low balance' }],
        channels: ['in_app', 'email'],
      },
    ])
  })

  test('at a pace that empties the wallet within a week is told of', async () => {
    const fired = async () =>
      (await stage.fixture.send(alertsResponse, 'GET', '/api/billing/alerts', { token: stage.token })).value.events.filter(({ text }) => text.includes('pace'))
    const half = { ...SMALL, quantities: { ...SMALL.quantities, running_seconds: 24_997 } }
    for (let day = 0; day < 2; day += 1) {
      await stage.run(half)
      expect(await fired()).toEqual([])
      await stage.sleepDays(1)
    }
    // Half an AU a day, and some four are left: more than a week. After two days of twice as much it is less.
    await stage.run(half)
    await stage.run(half)
    await stage.sleepDays(1)
    await stage.run(half)
    expect(await fired()).toMatchObject([
      { text: expect.stringMatching(/^Wallet of Basalt Circle: at the pace of the last days it is empty about 2026-02-\d\d \([\d.]+ AU left\)\. Top it up/) },
    ])
  })

  test('that costs more than the wallet holds is refused with 402, and a smaller one still passes', async () => {
    expect(await stage.runRefused(LARGE)).toMatchObject({
      status: 402,
      error: { code: 'insufficient_balance', total_micro_au: 15_000_000, available_micro_au: OPENING },
    })
    expect(await stage.run(SMALL)).toMatchObject({ total_micro_au: SMALL_COST })
  })

  test('repeated with the same Idempotency-Key is debited once', async () => {
    const key = { 'Idempotency-Key': randomUUID() }
    const first = await stage.run(SMALL, {}, key)
    expect(await stage.run(SMALL, {}, key)).toEqual(first)
    expect(await stage.balance()).toBe(OPENING - SMALL_COST)
  })

  test('is remembered in the transaction that debits it: no crash can come between the two', async () => {
    const key = { 'Idempotency-Key': randomUUID() }
    const reported = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const { default: BetterSqlite3 } = await import('better-sqlite3')
    const database = new BetterSqlite3(`${stage.fixture.dataDir}/platform.db`)
    // As a full disk would: the platform can debit, and cannot write down what it answers.
    database.exec("CREATE TRIGGER no_memory BEFORE INSERT ON remembered_answers BEGIN SELECT RAISE (ABORT, 'disk full'); END")
    const paths = { runs: SMALL, instances: { element: SMALL.element } }
    for (const [path, body] of Object.entries(paths)) {
      expect(await stage.fixture.refused('POST', `/api/${HOME}/${path}`, { token: stage.token, body, headers: key })).toMatchObject({ status: 500 })
    }
    expect(reported).toHaveBeenCalledTimes(2)
    database.exec('DROP TRIGGER no_memory')
    database.close()
    expect(await stage.balance()).toBe(OPENING)
    await stage.run(SMALL, {}, key)
    expect(await stage.balance()).toBe(OPENING - SMALL_COST)
  })

  test('in another tenant is refused also to who sees every tenant; reading it is not', async () => {
    const admin = stage.fixture.token('platform_admin')
    const { id } = (await stage.fixture.send(workspaceResponse, 'GET', '/v1/workspace', { token: stage.token })).value
    const seen = (await stage.fixture.send(walletDocument, 'GET', `/api/${HOME}/wallet?tenant=${id}`, { token: admin })).value
    expect(seen.balance_micro_au).toBe(OPENING)
    const refused = await stage.fixture.refused('POST', `/api/${HOME}/runs?tenant=${id}`, { token: admin, body: SMALL })
    expect(refused).toMatchObject({ status: 403, error: { code: 'own_tenant_only' } })
    expect(await stage.balance()).toBe(OPENING)
  })

  test('costs that pass 2^53 are estimated exactly and never debited', async () => {
    const huge = { element: LARGE.element, operation: 'turn', quantities: { output_tokens: Number.MAX_SAFE_INTEGER } }
    // (2^53 − 1) × 15 in micro-AU.
    expect((await stage.estimate(huge)).total_micro_au).toBe('135107988821114865')
    expect(await stage.runRefused(huge)).toMatchObject({ status: 422, error: { code: 'amount_too_large' } })
  })

  test.each([
    ['an element that is not there', { ...SMALL, element: 'perpetuum-mobile' }, 404, 'not_found'],
    ['a quantity below zero', { ...SMALL, quantities: { running_seconds: -1 } }, 400, 'invalid_request'],
    ['a part of a second', { ...SMALL, quantities: { running_seconds: 0.5 } }, 400, 'invalid_request'],
    ['an instance that is not there', { ...SMALL, instance_id: randomUUID() }, 404, 'not_found'],
  ])('with %s is refused', async (_, body, status, code) => {
    expect(await stage.fixture.refused('POST', `/api/${HOME}/runs`, { token: stage.token, body })).toMatchObject({ status, error: { code } })
    expect(await stage.balance()).toBe(OPENING)
  })
})

describe('many runs at once', () => {
  test('with the balance of one run exactly one passes, and the others get the 402', async () => {
    const whole = { element: LARGE.element, operation: 'turn', quantities: { output_tokens: 333_333 } }
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        stage
          .run(whole)
          .then(() => 201)
          .catch((error: Error) => error.message),
      ),
    )
    expect(answers.filter((answer) => answer === 201)).toHaveLength(1)
    for (const answer of answers) if (answer !== 201) expect(answer).toContain('insufficient_balance')
    expect(await stage.balance()).toBe(5)
    await expectLedgerToAddUp()
  })

  test('200 of different sizes: those that fit pass, the balance is the sum of the lines and never below zero', async () => {
    const sizes = Array.from({ length: 200 }, (_, index) => ({ ...SMALL, quantities: { per_invocation: 1 + (index % 3), running_seconds: 700 + index * 37 } }))
    const answers = await Promise.all(sizes.map((operation) => stage.run(operation).catch((error: Error) => error.message)))
    const passed = answers.filter((answer) => typeof answer !== 'string')
    expect(passed.length).toBeGreaterThan(10)
    expect(passed.length).toBeLessThan(200)
    for (const answer of answers) if (typeof answer === 'string') expect(answer).toContain('insufficient_balance')
    const lines = await stage.ledger()
    for (const { balance_micro_au: balance } of lines) expect(Number(balance)).toBeGreaterThanOrEqual(0)
    await expectLedgerToAddUp()
    // What is left is less than the smallest one that was refused.
    const refused = sizes.filter((_, index) => typeof answers[index] === 'string')
    const costs = await Promise.all(refused.map((operation) => stage.estimate(operation)))
    expect(await stage.balance()).toBeLessThan(Math.min(...costs.map(({ total_micro_au: total }) => Number(total))))
  })
})

describe('a reserve', () => {
  const most = { ...SMALL, quantities: { per_invocation: 1, running_seconds: 200_000 } }
  const MOST_COST = 4_000_050

  test('holds its highest cost, which no other run may use, and debits what it really was', async () => {
    const held = await stage.run(most, { reserve: true })
    expect(held).toMatchObject({ status: 'reserved', total_micro_au: MOST_COST, balance_micro_au: OPENING, held_micro_au: MOST_COST })
    expect(await stage.wallet()).toMatchObject({ balance_micro_au: OPENING, reserves: [{ run_id: held.run_id, reserved_micro_au: MOST_COST }] })
    expect(await stage.runRefused(most)).toMatchObject({ status: 402, error: { available_micro_au: OPENING - MOST_COST } })

    expect(await stage.settle(held.run_id, { per_invocation: 1, running_seconds: 10 })).toMatchObject({
      status: 'settled',
      total_micro_au: 250,
      balance_micro_au: OPENING - 250,
      held_micro_au: 0,
    })
    expect(await stage.wallet()).toMatchObject({ held_micro_au: 0, reserves: [] })
    await expectLedgerToAddUp()
  })

  test('on a hard wall never debits more than it held; what is beyond is written down as waived', async () => {
    const held = await stage.run({ ...SMALL, quantities: { per_invocation: 1, running_seconds: 10 } }, { reserve: true })
    const settled = await stage.settle(held.run_id, { per_invocation: 1, running_seconds: 5000 })
    expect(settled).toMatchObject({ total_micro_au: 250, balance_micro_au: OPENING - 250 })
    expect(settled.lines.reduce((sum, line) => sum + Number(line.amount_micro_au), 0)).toBe(250)
    expect((await stage.ledger()).at(-1)).toMatchObject({ dimension: 'running_seconds', quantity: 5000, amount_micro_au: -200, waived_micro_au: 99_800 })
    await expectLedgerToAddUp()
  })

  test('is settled once: the same again is the same answer, another is refused', async () => {
    const { run_id: id } = await stage.run(most, { reserve: true })
    const settled = await stage.settle(id, { running_seconds: 10 })
    expect(await stage.settle(id, { running_seconds: 10 })).toEqual(settled)
    const refused = await stage.fixture.refused('POST', `/api/${HOME}/runs/${id}/settle`, { token: stage.token, body: { quantities: { running_seconds: 11 } } })
    expect(refused).toMatchObject({ status: 409, error: { code: 'run_settled' } })
    expect(await stage.balance()).toBe(OPENING - 200)
  })

  test('settled by two at once is debited once', async () => {
    const { run_id: id } = await stage.run(most, { reserve: true })
    await Promise.all(Array.from({ length: 8 }, () => stage.settle(id, { running_seconds: 10 })))
    expect(await stage.balance()).toBe(OPENING - 200)
    await expectLedgerToAddUp()
  })

  test('expires to the millisecond, frees what it held, and can be settled no more', async () => {
    const { run_id: id } = await stage.run(most, { reserve: true })
    stage.clock.step(HOUR_MS - 1)
    expect((await stage.wallet()).held_micro_au).toBe(MOST_COST)
    stage.clock.step(1)
    expect(await stage.wallet()).toMatchObject({ balance_micro_au: OPENING, held_micro_au: 0, reserves: [] })
    const refused = await stage.fixture.refused('POST', `/api/${HOME}/runs/${id}/settle`, { token: stage.token, body: { quantities: {} } })
    expect(refused).toMatchObject({ status: 409, error: { code: 'reserve_expired' } })
  })

  test('is freed in time when nobody asks, and the console is told', async () => {
    await stage.run(most, { reserve: true })
    stage.clock.step(HOUR_MS)
    await stage.fixture.sandbox.tick()
    expect((await stage.documents()).get(`wallet/${HOME}`)).toMatchObject({ held_micro_au: 0, reserves: [] })
  })
})

describe('prices', () => {
  test('each element has its page, resolved from the cascade, and the feed has the same', async () => {
    const { elements } = (await stage.fixture.send(elementsResponse, 'GET', `/api/${HOME}/elements`, { token: stage.token })).value
    const documents = await stage.documents()
    for (const element of elements) {
      const page = (await stage.fixture.send(elementDocument, 'GET', `/api/${HOME}/elements/${element.id}`, { token: stage.token })).value
      expect(page).toEqual(element)
      expect(documents.get(`element/${element.id}`)).toEqual(element)
    }
    expect(elements.find(({ id }) => id === 'typescript-action')?.prices).toEqual(
      expect.arrayContaining([
        { operation: 'create', dimension: 'per_creation', rate_micro_au: 10_000, per: 1, scope: 'root' },
        { operation: 'invoke', dimension: 'per_invocation', rate_micro_au: 20, per: 1, scope: 'element' },
        { operation: 'invoke', dimension: 'running_seconds', rate_micro_au: 20, per: 1, scope: 'category' },
      ]),
    )
    expect(pricingDocument.parse(documents.get('pricing/pricing')).policy).toMatchObject({ approval_above_micro_au: 10_000_000 })
    expect((await stage.fixture.refused('GET', `/api/${HOME}/elements/nothing`, { token: stage.token })).status).toBe(404)
  })

  test.each([
    ['quiet', 12_499],
    ['notice', 12_500],
    ['insistent', 100_000],
  ] as const)('the chip is %s from %i seconds on', async (chip, seconds) => {
    expect(await stage.estimate({ ...SMALL, quantities: { running_seconds: seconds } })).toMatchObject({ chip })
  })
})

describe('an instance', () => {
  test('is charged its creation at once and its existence once for each UTC day, after days without anybody too', async () => {
    const { instance, total_micro_au: creation } = await stage.create('python-action')
    expect(creation).toBe(10_000)
    await stage.sleepDays(1)
    expect(await stage.balance()).toBe(OPENING - 10_000 - 500)
    stage.clock.step(86_400_000 - 1)
    await stage.fixture.sandbox.tick()
    expect(await stage.balance()).toBe(OPENING - 10_000 - 500)
    await stage.sleepDays(4)
    const days = (await stage.ledger()).filter(({ dimension }) => dimension === 'per_day_existence').map(({ reference, instance_id: id }) => [reference, id])
    expect(days).toEqual(['2026-02-01', '2026-02-02', '2026-02-03', '2026-02-04', '2026-02-05'].map((day) => [day, instance.id]))
    await expectLedgerToAddUp()
  })

  test('is charged once for a day, however many ask at its first millisecond', async () => {
    await stage.create('python-action')
    stage.clock.step(86_400_000)
    await Promise.all([...Array.from({ length: 10 }, () => stage.wallet()), stage.fixture.sandbox.tick(), stage.fixture.sandbox.tick()])
    expect((await stage.ledger()).filter(({ dimension }) => dimension === 'per_day_existence')).toHaveLength(1)
  })

  test('that is deleted costs nothing more; deleting is free, and again it is the same', async () => {
    const { instance } = await stage.create('python-action')
    const path = `/api/${HOME}/instances/${instance.id}`
    const deleted = (await stage.fixture.send(instanceDocument, 'DELETE', path, { token: stage.token })).value
    expect(deleted.deleted_at).not.toBeNull()
    expect((await stage.fixture.send(instanceDocument, 'DELETE', path, { token: stage.token })).value).toEqual(deleted)
    await stage.sleepDays(3)
    expect(await stage.balance()).toBe(OPENING - 10_000)
    expect(await stage.instances()).toEqual([])
  })

  test('whose day does not fit is not debited and is suspended; smaller ones go on', async () => {
    // 60,000 a day, and 500 a day.
    const { instance: line } = await stage.create('voice-line')
    const { instance: small } = await stage.create('python-action')
    const left = await stage.balance()
    await stage.run({ ...SMALL, quantities: { running_seconds: (left - 1000) / 20 } })
    await stage.sleepDays(1)
    const byId = new Map((await stage.instances()).map((instance) => [instance.id, instance]))
    expect(byId.get(line.id)).toMatchObject({ paid_through: '2026-01-31' })
    expect(byId.get(line.id)?.suspended_at).not.toBeNull()
    expect(byId.get(small.id)).toMatchObject({ suspended_at: null, paid_through: '2026-02-01' })
    expect(await stage.balance()).toBe(500)
    expect(await stage.runRefused({ element: 'voice-line', operation: 'call', quantities: {} }, { instance_id: line.id })).toMatchObject({
      status: 409,
      error: { code: 'instance_suspended' },
    })
    await expectLedgerToAddUp()
  })
})

describe('the ledger', () => {
  test('is read page by page by number, by kind and by element', async () => {
    for (let index = 0; index < 5; index += 1) await stage.run(SMALL)
    await stage.create('voice-line')
    const read = async (query: string) => (await stage.fixture.send(ledgerResponse, 'GET', `/api/${HOME}/ledger${query}`, { token: stage.token })).value
    const first = await read('?limit=4')
    expect(first.lines.map(({ number }) => number)).toEqual([12, 11, 10, 9])
    expect((await read(`?limit=4&before=${first.next}`)).lines.map(({ number }) => number)).toEqual([8, 7, 6, 5])
    expect((await read('?kind=opening')).lines).toHaveLength(1)
    expect((await read('?element=voice-line')).lines).toHaveLength(1)
    expect((await stage.fixture.refused('GET', `/api/${HOME}/ledger?limit=0`, { token: stage.token })).status).toBe(400)
  })

  test('cannot be changed, by nobody who reaches the file', async () => {
    await stage.run(SMALL)
    const { default: BetterSqlite3 } = await import('better-sqlite3')
    const database = new BetterSqlite3(`${stage.fixture.dataDir}/platform.db`)
    expect(() => database.exec('UPDATE ledger_lines SET amount_micro_au = 0')).toThrow('append-only')
    expect(() => database.exec('DELETE FROM ledger_lines')).toThrow('append-only')
    database.close()
  })
})
