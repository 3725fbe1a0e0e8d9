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
  expect(worstFirst(meters, []).map(({ id }) => id)).toEqual(['held', 'red', 'amber', 'green', 'calm', 'unlimited'])
  expect(meters[0]?.id).toBe('unlimited')
})

it('puts what runs out sooner before what is redder, and on one day the redder before the other', () => {
  const day = 86_400_000
  const follows = { follows: 'held' as const, beyondCents: null }
  const ahead = [
    { meter: 'calm', at: 20_000 * day + 5, ...follows },
    { meter: 'amber', at: 20_003 * day, ...follows },
    { meter: 'red', at: 20_003 * day + 7, ...follows },
  ]
  const meters = [meter('stays', 99, 'red'), meter('amber', 81, 'amber'), meter('red', 96, 'red'), meter('calm', 30, 'normal'), meter('held', 10, 'normal', 1)]
  expect(worstFirst(meters, ahead).map(({ id }) => id)).toEqual(['held', 'calm', 'red', 'amber', 'stays'])
})
