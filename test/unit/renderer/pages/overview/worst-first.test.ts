import { expect, it } from 'vitest'
import type { Meter } from '../../../../../shared/contract/console.ts'
import { worstFirst } from '../../../../../renderer/pages/overview/worst-first.ts'

function meter(id: string, percent: number | null, level: Meter['level'], heldCount = 0): Meter {
  return {
    id,
    name: id,
    description: '',
    unit: 'count',
    byteBase: 'decimal',
    period: 'monthly',
    used: 0,
    limit: percent === null ? null : 100,
    percent,
    level,
    levelLabel: '',
    marks: [],
    heldCount,
    heldBytes: 0,
    knowledge: 'server',
  }
}

it('puts held writes first, then the colour, then how full it is; what has no limit comes last', () => {
  const meters = [
    meter('unlimited', null, null),
    meter('calm', 30, 'normal'),
    meter('green', 55, 'green'),
    meter('amber', 81, 'amber'),
    meter('red', 79, 'red'),
    meter('held', 10, 'normal', 3),
  ]
  expect(worstFirst(meters).map(({ id }) => id)).toEqual(['held', 'red', 'amber', 'green', 'calm', 'unlimited'])
  expect(meters[0]?.id).toBe('unlimited')
})
