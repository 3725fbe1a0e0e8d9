import { expect, it, vi } from 'vitest'
import { aheadWords, firstWords, isFull } from '../../../../../renderer/pages/overview/ahead-words.ts'
import type { Meter } from '../../../../../shared/contract/console.ts'

vi.mock('../../../../../renderer/base/format/locale-choice.ts', () => ({ chosenLocale: () => 'en-US' }))

const at = Date.UTC(2026, 11, 10, 9)
const ahead = (follows: 'billed' | 'held' | 'refused' | 'told', beyondCents: string | null = null) => ({ meter: 'tokens', at, follows, beyondCents })

it('says when, and what follows', () => {
  expect(aheadWords(ahead('billed', '314'), false, 'usd')).toBe('About Dec 10: $3.14 beyond the plan')
  expect(aheadWords(ahead('held'), false, 'usd')).toBe('About Dec 10, then writes are held')
  expect(aheadWords(ahead('billed', '0'), false, 'usd')).toBe('About Dec 10, then what is used beyond it is billed')
  expect(aheadWords(ahead('billed', '314'), true, 'usd')).toBe('Used up: $3.14 beyond the plan by the end of the period')
  expect(aheadWords(ahead('refused'), true, 'usd')).toBe('Used up: no more is taken')
})

it('answers in one line with the first that runs out', () => {
  const meters = [{ id: 'held', name: 'Encrypted bytes' } as Meter, { id: 'tokens', name: 'LLM tokens' } as Meter]
  expect(firstWords(meters, new Map([['tokens', 'About Dec 10: $3.14 beyond the plan']]))).toBe('LLM tokens, about Dec 10: $3.14 beyond the plan')
  expect(firstWords(meters, new Map())).toBeNull()
})

it('takes for full what was used, and what is too full for what waits', () => {
  expect(isFull({ used: 5, limit: 5, heldCount: 0 })).toBe(true)
  expect(isFull({ used: 4, limit: 5, heldCount: 1 })).toBe(true)
  expect(isFull({ used: 4, limit: 5, heldCount: 0 })).toBe(false)
  expect(isFull({ used: 4, limit: null, heldCount: 0 })).toBe(false)
})
