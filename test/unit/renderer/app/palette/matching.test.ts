import { describe, expect, it } from 'vitest'
import { fitOf, fitting } from '../../../../../renderer/app/palette/matching.ts'
import { foldedWords } from '../../../../../shared/search/folded-words.ts'

const named = (...labels: string[]) => labels.map((label) => ({ label }))
const found = (labels: string[], typed: string) => fitting(named(...labels), typed).map(({ label }) => label)

describe('what fits what is typed', () => {
  it.each([
    ['Export the costs (CSV)', 'export costs'],
    ['Export the costs (CSV)', 'costs EXP'],
    ['Société Générale', 'societe generale'],
    ['Socie\u0301te\u0301', 'Société'],
    ['Straße', 'strasse'.replace('ss', 'ß')],
    ['INV-2026-0007', '0007'],
    ['INV-2026-0007', '  inv-2026  '],
  ])('“%s” is found by “%s”', (label, typed) => {
    expect(found([label], typed)).toEqual([label])
  })

  it.each([
    ['Export the costs (CSV)', 'export invoices'],
    ['Overview', 'overviews'],
    ['INV-2026-0007', '0008'],
  ])('“%s” is not found by “%s”', (label, typed) => {
    expect(found([label], typed)).toEqual([])
  })

  it('is searched in the note and in other words for it, together with the label', () => {
    const invoice = { label: 'INV-7', note: 'November 2026 · $49.00', alsoCalled: 'Paid customer-portal' }
    expect(fitting([invoice], 'nov inv paid')).toEqual([invoice])
    expect(fitting([invoice], 'december')).toEqual([])
    expect(fitting([invoice], 'portal')).toEqual([invoice])
    expect(fitting([invoice], 'sto')).toEqual([])
  })

  it('is everything, as it is, as long as nothing is typed', () => {
    expect(found(['Usage', 'Costs'], '  ')).toEqual(['Usage', 'Costs'])
  })
})

describe('the order', () => {
  it('has first what is called so, then what begins so, then words that begin so, then the rest', () => {
    expect(found(['Outcasts', 'The cast', 'Cast list', 'Cast'], 'cast')).toEqual(['Cast', 'Cast list', 'The cast', 'Outcasts'])
  })

  it('keeps those that fit equally well as they were', () => {
    expect(found(['INV-3', 'INV-2', 'INV-1'], 'inv')).toEqual(['INV-3', 'INV-2', 'INV-1'])
  })

  it('counts a word after a hyphen or a bracket as one that begins', () => {
    expect(fitOf({ label: 'Devices & sub-keys' }, foldedWords('key'))).toBe(2)
    expect(fitOf({ label: 'Export (CSV)' }, foldedWords('csv'))).toBe(2)
    expect(fitOf({ label: 'Monkey' }, foldedWords('key'))).toBe(1)
  })
})
