import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkoutDocument, checkoutResponse } from '../../../shared/contract/platform.ts'
import { walletDocument } from '../../../shared/contract/platform/wallet.ts'
import { submitForm } from './fixture.ts'
import { HOME, type Operation, WalletStage } from './wallet-fixture.ts'

const OPENING = 5_000_000
const AU = 1_000_000
/** 12 AU: above the policy's 10. */
const DEAR: Operation = { element: 'general-agent', operation: 'turn', quantities: { output_tokens: 800_000 } }
const DEAR_COST = 12 * AU
const MINUTE_MS = 60_000

let stage: WalletStage
beforeEach(async () => {
  stage = await WalletStage.start()
})
afterEach(() => stage.stop())

/** Pays a checkout with the card that succeeds, and waits until what it bought is there. */
async function pay(body: object): Promise<void> {
  const { value } = await stage.fixture.send(checkoutResponse, 'POST', '/api/billing/checkout', { token: stage.token, body })
  await submitForm(value.url, { number: '4242 4242 4242 4242', expiry: '12/40', cvc: '123' })
  const paid = (await stage.fixture.send(checkoutDocument, 'GET', `/api/billing/checkout/${value.id}`, { token: stage.token })).value
  expect(paid.applied).toBe(true)
}

describe('a top-up through checkout', () => {
  test('is credited once, with the balance after it, however often the payment is looked at', async () => {
    await pay({ top_up_au: 20 })
    await stage.fixture.sandbox.tick()
    await stage.fixture.sandbox.tick()
    expect(await stage.balance()).toBe(OPENING + 20 * AU)
    expect((await stage.ledger()).at(-1)).toMatchObject({ kind: 'top_up', amount_micro_au: 20 * AU, balance_micro_au: OPENING + 20 * AU })
  })

  test('goes into the wallet of the circle that it names, and into no other; one that is not there is refused before anything is paid', async () => {
    await stage.fixture.send(walletDocument, 'POST', '/api/circles', { token: stage.token, body: { circle: 'granite', name: 'Granite' } })
    await pay({ top_up_au: 20, circle: 'granite' })
    await stage.fixture.sandbox.tick()
    expect([await stage.balance(HOME), await stage.balance('granite')]).toEqual([OPENING, OPENING + 20 * AU])
    await pay({ top_up_au: 3 })
    expect([await stage.balance(HOME), await stage.balance('granite')]).toEqual([OPENING + 3 * AU, OPENING + 20 * AU])
    const refused = (body: object) => stage.fixture.refused('POST', '/api/billing/checkout', { token: stage.token, body })
    expect(await refused({ top_up_au: 20, circle: 'slate' })).toMatchObject({ status: 404 })
    expect(await refused({ plan: 'pro', circle: 'granite' })).toMatchObject({ status: 400 })
    expect(await refused({ circle: 'granite' })).toMatchObject({ status: 400 })
  })

  test('lets what was suspended go on, the oldest first, without charging the days between', async () => {
    const { instance: older } = await stage.create('voice-line')
    stage.clock.step(1)
    const { instance: younger } = await stage.create('voice-line')
    await stage.run({ element: 'python-action', operation: 'invoke', quantities: { running_seconds: (await stage.balance()) / 20 } })
    await stage.sleepDays(1)
    expect((await stage.instances()).map(({ suspended_at: at }) => at === null)).toEqual([false, false])
    await stage.sleepDays(5)
    await pay({ top_up_au: 5 })
    const states = (await stage.instances()).map(({ id, suspended_at: suspended, paid_through: day }) => ({ id, suspended, day }))
    expect(states).toEqual([older, younger].map(({ id }) => ({ id, suspended: null, day: '2026-02-06' })))
    const days = (await stage.ledger()).filter(({ dimension }) => dimension === 'per_day_existence')
    expect(days.map(({ reference, instance_id: id }) => [id, reference])).toEqual([older, younger].map(({ id }) => [id, '2026-02-06']))
  })
})

describe('the approval gate', () => {
  beforeEach(() => pay({ top_up_au: 100 }))

  const ask = async (operation: Operation = DEAR): Promise<string> => {
    const { status, error } = await stage.runRefused(operation)
    expect({ status, code: error.code }).toEqual({ status: 428, code: 'approval_required' })
    return String(error.approval_id)
  }
  const refusedWith = (operation: Operation, id: string, token?: string) => stage.runRefused(operation, { approval_id: id }, token)

  test('asks before anything is debited, and lets the confirmed operation pass', async () => {
    const before = await stage.ledger()
    const id = await ask()
    expect(await stage.ledger()).toEqual(before)
    expect((await stage.run(DEAR, { approval_id: id })).total_micro_au).toBe(DEAR_COST)
    expect(await stage.balance()).toBe(OPENING + 100 * AU - DEAR_COST)
  })

  test('says what is asked for: the amount and until when', async () => {
    const { error } = await stage.runRefused(DEAR)
    expect(error).toMatchObject({ total_micro_au: DEAR_COST, expires_at: new Date(stage.clock.now() + 10 * MINUTE_MS).toISOString() })
  })

  test('at the threshold itself nobody is asked', async () => {
    // 666,667 tokens at 15 micro-AU: 10.000005 AU; one token less is below 10 AU.
    expect((await stage.run({ ...DEAR, quantities: { output_tokens: 666_666 } })).total_micro_au).toBe(9_999_990)
    await ask({ ...DEAR, quantities: { output_tokens: 666_667 } })
  })

  test('a confirmation is good once', async () => {
    const id = await ask()
    await stage.run(DEAR, { approval_id: id })
    expect(await refusedWith(DEAR, id)).toMatchObject({ status: 428 })
    expect(await stage.balance()).toBe(OPENING + 100 * AU - DEAR_COST)
  })

  test('used by many at once it lets exactly one pass', async () => {
    const id = await ask()
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        stage
          .run(DEAR, { approval_id: id })
          .then(() => 201)
          .catch((error: Error) => error.message),
      ),
    )
    expect(answers.filter((answer) => answer === 201)).toHaveLength(1)
    expect(await stage.balance()).toBe(OPENING + 100 * AU - DEAR_COST)
  })

  test('it is good for ten minutes, to the millisecond', async () => {
    const [late, early] = [await ask(), await ask()]
    stage.clock.step(10 * MINUTE_MS - 1)
    await stage.run(DEAR, { approval_id: early })
    stage.clock.step(1)
    expect(await refusedWith(DEAR, late)).toMatchObject({ status: 428 })
  })

  test('it is bound to member, operation, quantities and reserve', async () => {
    const id = await ask()
    expect(await refusedWith(DEAR, id, stage.tokens.get('platform_admin'))).toMatchObject({ status: 428 })
    expect(await refusedWith({ ...DEAR, quantities: { output_tokens: 800_001 } }, id)).toMatchObject({ status: 428 })
    // The same total by another way.
    expect(await refusedWith({ ...DEAR, quantities: { input_tokens: 4_000_000, output_tokens: 0 } }, id)).toMatchObject({ status: 428 })
    expect(await stage.runRefused(DEAR, { approval_id: id, reserve: true })).toMatchObject({ status: 428 })
    expect((await stage.run(DEAR, { approval_id: id })).total_micro_au).toBe(DEAR_COST)
  })

  test('402 comes before 428', async () => {
    const tooDear = { ...DEAR, quantities: { output_tokens: 8_000_000 } }
    expect(await stage.runRefused(tooDear)).toMatchObject({ status: 402, error: { code: 'insufficient_balance' } })
  })

  test('a refusal for want of balance does not use a confirmation up', async () => {
    const id = await ask()
    // 9.98 AU at once pass unasked; ten times leave less than the dear one costs.
    const reserve = () => stage.run({ element: 'python-action', operation: 'invoke', quantities: { running_seconds: 499_000 } }, { reserve: true })
    const held = await reserve()
    for (let index = 0; index < 9; index += 1) await reserve()
    expect(await refusedWith(DEAR, id)).toMatchObject({ status: 402 })
    await stage.settle(held.run_id, {})
    expect((await stage.run(DEAR, { approval_id: id })).total_micro_au).toBe(DEAR_COST)
  })
})

describe('a paid plan', () => {
  test('may dip below zero, and what was suspended goes on with it', async () => {
    const { instance } = await stage.create('voice-line')
    await stage.run({ element: 'python-action', operation: 'invoke', quantities: { running_seconds: (await stage.balance()) / 20 } })
    await stage.sleepDays(1)
    expect((await stage.instances())[0]?.suspended_at).not.toBeNull()

    await pay({ plan: 'starter' })
    expect(await stage.wallet()).toMatchObject({ plan: 'starter', hard_wall: false, balance_micro_au: -60_000 })
    expect((await stage.documents()).get(`wallet/${HOME}`)).toMatchObject({ plan: 'starter', hard_wall: false })
    expect((await stage.instances())[0]).toMatchObject({ id: instance.id, suspended_at: null })
    expect((await stage.run({ ...DEAR, quantities: { output_tokens: 100_000 } })).balance_micro_au).toBe(-60_000 - 1_500_000)
    // No hard wall, so nothing is waived: the actual is debited even where it was more than the reserve.
    const reserve = await stage.run({ ...DEAR, quantities: { output_tokens: 1000 } }, { reserve: true })
    expect((await stage.settle(reserve.run_id, { output_tokens: 2000 })).total_micro_au).toBe(30_000)
  })
})
