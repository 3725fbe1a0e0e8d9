import { describe, expect, test } from 'vitest'
import { historyTexts } from '../../../../../renderer/components/histories/texts.ts'

describe('a platform that went back', () => {
  const { title, text } = historyTexts.wentBack

  test('is named with the time to which it went, where it said that', () => {
    expect(title('10:42')).toBe('The platform went back to 10:42.')
    expect(title(null)).toBe('The platform went back to an earlier state.')
  })

  test.each([
    [2, 1, '2 writes were missing there; they are sent again. 1 is no longer on this computer.'],
    [1, 0, '1 write was missing there; it is sent again.'],
    [1_200, 30, '1,200 writes were missing there; they are sent again. 30 are no longer on this computer.'],
    [0, 1, '1 write was missing there and is no longer on this computer.'],
    [0, 2, '2 writes were missing there and are no longer on this computer.'],
    [0, 0, 'No write of this computer was missing there.'],
  ])('of which %i are sent again and %i are gone: %s', (again, gone, words) => {
    expect(text(again, gone)).toBe(words)
  })
})

describe('envelopes of another computer', () => {
  test('are counted in words', () => {
    expect(historyTexts.foreign.title(40)).toBe('40 envelopes of this account were sealed on another computer.')
    expect(historyTexts.foreign.title(1)).toBe('1 envelope of this account was sealed on another computer.')
    expect(historyTexts.foreign.bringKey).toBe('Bring its key')
  })
})
