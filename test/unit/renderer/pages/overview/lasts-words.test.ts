import { expect, it, vi } from 'vitest'
import { lastsWords } from '../../../../../renderer/pages/overview/more/lasts-words.ts'

vi.mock('../../../../../renderer/base/format/locale-choice.ts', () => ({ chosenLocale: () => 'en-US' }))

const now = Date.UTC(2026, 10, 30, 9)
const lasts = (emptyAt: number | null, perDayMicroAu: string | null, availableMicroAu = '5000000') =>
  lastsWords({ emptyAt, perDayMicroAu }, availableMicroAu, now)

it('says until when a wallet lasts, with the year where it is another one', () => {
  expect(lasts(Date.UTC(2026, 11, 15), '300000')).toBe('About Dec 15')
  expect(lasts(Date.UTC(2027, 2, 15), '300000')).toBe('About Mar 15, 2027')
})

it('says why it names no day', () => {
  expect(lasts(null, null)).toBe('Not known yet: that needs a whole day of use')
  expect(lasts(null, '0')).toBe('Nothing is used at the moment')
  expect(lasts(null, '1')).toBe('Longer than a year')
  expect(lasts(now, '300000', '0')).toBe('Used up')
  expect(lasts(null, null, '-5500000')).toBe('Used up')
})
