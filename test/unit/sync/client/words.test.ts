import { describe, expect, test } from 'vitest'
import { cutLetters, cutWords, NAME_MAX_LETTERS, withShortNames, WORDS_MAX_LETTERS } from '../../../../main/engine/sync/client/words.ts'

describe('words for people', () => {
  test('are cut at 500 letters and not before', () => {
    const fits = 'a'.repeat(WORDS_MAX_LETTERS)
    expect(cutLetters(fits)).toBe(fits)
    expect(cutLetters(`${fits}a`)).toBe(`${'a'.repeat(WORDS_MAX_LETTERS - 1)}…`)
  })

  test('letters of two code units are counted as one and never cut in half', () => {
    const fits = '🧾'.repeat(WORDS_MAX_LETTERS)
    expect(cutLetters(fits)).toBe(fits)
    expect(Array.from(cutLetters(`${fits}🧾`))).toHaveLength(WORDS_MAX_LETTERS)
    expect(cutLetters(`${fits}🧾`).isWellFormed()).toBe(true)
    expect(cutLetters('🧾'.repeat(1_000_000))).toHaveLength((WORDS_MAX_LETTERS - 1) * 2 + 1)
  })

  test('are cut beside the code and in the items of lists; what a platform keeps is left as it is', () => {
    const long = 'x'.repeat(10_000)
    const answer = {
      message: long,
      reason: long,
      _suggestion: long,
      results: [{ id: '1', message: long }],
      changes: [{ topic: 'audit_entry', body: { reason: long, metadata: { message: long } } }],
    }
    cutWords(answer)
    expect([answer.message, answer.reason, answer._suggestion, answer.results[0]?.message].map((words) => words?.length)).toEqual([500, 500, 500, 500])
    expect(answer.changes[0]?.body).toEqual({ reason: long, metadata: { message: long } })
  })
})

describe('names', () => {
  test('are cut wherever they stand, and nothing else is', () => {
    const long = 'n'.repeat(100_000)
    const known = { id: long, name: long, member: { role: 'x', name: 'Ada' }, meters: [{ id: 'a', name: long }] }
    const shown = withShortNames(known)
    expect(shown.name).toHaveLength(NAME_MAX_LETTERS)
    expect(shown.meters[0]?.name).toHaveLength(NAME_MAX_LETTERS)
    expect(shown.id).toBe(long)
    expect(known.name).toBe(long)
  })

  test('what has none that is too long is answered as it is', () => {
    const known = { name: 'Harbour team', meters: [{ name: 'Bytes' }] }
    expect(withShortNames(known)).toBe(known)
  })
})
