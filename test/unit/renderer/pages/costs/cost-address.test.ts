import { describe, expect, test } from 'vitest'
import { costAddress, searchOfCosts } from '../../../../../renderer/pages/costs/cost-address.ts'

describe('the address of the costs page', () => {
  test.each(['', 'period=2026-10', 'by=user', 'period=2026-10&by=meter&against=2026-08'])('"%s" comes back as it was', (search) => {
    expect(searchOfCosts(costAddress(search))).toBe(search)
  })

  test('what was typed by hand and means nothing is left out', () => {
    expect(costAddress('period=2026-13&by=ponies&against=yesterday&other=1')).toEqual({ period: null, by: 'service', against: null })
  })
})
