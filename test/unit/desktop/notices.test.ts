import { expect, test } from 'vitest'
import { noticeFor, nothingSaid, type Said } from '../../../main/desktop/surroundings/notices.ts'
import type { Checkout, ConsoleEvent } from '../../../shared/contract/console.ts'

const workspaceId = '0198c0de-0000-7000-8000-000000000001'
const none = { count: 0, bytes: 0 }

function outbox(held: number, releasing = false): ConsoleEvent {
  const tally = { pending: none, sending: none, waiting: none, held: { count: held, bytes: held }, rejected: none, delivered: none, discarded: none }
  const drain = { active: releasing, releasing, deliveredCount: 0, totalCount: 0, ratePerSecond: 0, etaMs: null, startedAt: null, finishedAt: null }
  return { event: 'outbox.changed', payload: { workspaceId, tally, drain } }
}
const released = (deliveredCount: number, heldAgainCount: number): ConsoleEvent => ({
  event: 'release.finished',
  payload: { workspaceId, deliveredCount, heldAgainCount, heldBy: null },
})
function checkout(state: Checkout['state']): ConsoleEvent {
  const checkout = { id: 'c1', planId: 'pro', planName: 'Pro', url: '', amountCents: 1900, currency: 'USD', state, detail: null, createdAt: 0 }
  return { event: 'checkout.changed', payload: { workspaceId, checkout } }
}

/** Titles of what was shown for a row of events. */
function titles(events: ConsoleEvent[], begin: Said = nothingSaid): string[] {
  let said = begin
  return events.flatMap((event) => {
    const decided = noticeFor(event, said)
    said = decided.said
    return decided.notice === null ? [] : [decided.notice.title]
  })
}

test('held writes are told of once, and again only after none were held', () => {
  expect(titles([outbox(1), outbox(2), outbox(900), outbox(0), outbox(3)])).toEqual(['1 write is held', '3 writes are held'])
})

test('what was held before the start is known already', () => {
  expect(titles([outbox(40)], { ...nothingSaid, holding: true })).toEqual([])
})

test('the numbers that move during a release are not news; its end is', () => {
  expect(titles([outbox(100), outbox(60, true), outbox(0, true), released(100, 0), outbox(0), outbox(5)])).toEqual([
    '100 writes are held',
    '100 held writes were delivered',
    '5 writes are held',
  ])
})

test('a release that ends with writes held again says both and opens the outbox', () => {
  const { notice } = noticeFor(released(1, 20), nothingSaid)
  expect(notice).toEqual({
    title: '1 held write was delivered',
    body: '20 writes did not fit and stay held.',
    page: { path: '/outbox', workspaceId },
  })
  expect(titles([released(1, 20), outbox(20)])).toEqual(['1 held write was delivered'])
})

test('a release that delivered nothing is no news', () => {
  expect(titles([released(0, 12)])).toEqual([])
})

test('a payment is told of at its end, once', () => {
  expect(titles([checkout('waiting_for_payment'), checkout('waiting_for_platform'), checkout('done'), checkout('done')])).toEqual(['The plan is now Pro'])
  expect(noticeFor(checkout('declined'), nothingSaid).notice).toMatchObject({ title: 'The payment was declined', page: { path: '/upgrade', workspaceId } })
})

test('an alert that fired opens the alerts of its workspace', () => {
  const alert = {
    id: 'a1',
    at: 0,
    text: 'Encrypted bytes are at 80 % of the limit.',
    meter: null,
    meterName: null,
    used: 80,
    limit: 100,
    names: ['80 %', 'Budget'],
    channels: ['in_app'],
  }
  expect(noticeFor({ event: 'alert.fired', payload: { workspaceId, workspaceName: 'Harbour', alert } }, nothingSaid).notice).toEqual({
    title: '80 %, Budget',
    body: 'Encrypted bytes are at 80 % of the limit.',
    page: { path: '/alerts', workspaceId },
  })
})

test('everything else is left to the window', () => {
  expect(titles([{ event: 'workspaces.changed', payload: {} }])).toEqual([])
})
