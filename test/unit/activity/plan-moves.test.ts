import { expect, test } from 'vitest'
import { type PlanStanding, planMove } from '../../../main/engine/activity/plan-moves.ts'

const at = Date.UTC(2026, 11, 18, 23, 59)
const pro: PlanStanding = { name: 'Pro', pending: null, cancelAt: null }
const toStarter: PlanStanding = { ...pro, pending: { name: 'Starter', at } }
const ending: PlanStanding = { ...pro, cancelAt: at }
const ended: PlanStanding = { ...pro, name: null }

test.each<[string, PlanStanding, PlanStanding, string | null]>([
  ['nothing moved', pro, pro, null],
  ['another plan', pro, { ...pro, name: 'Team' }, 'The plan is now Team.'],
  ['a smaller one is scheduled', pro, toStarter, 'Pro changes to Starter on Dec 18, 2026.'],
  ['another one instead', toStarter, { ...pro, pending: { name: 'Free', at } }, 'Pro changes to Free on Dec 18, 2026.'],
  ['it is said once', toStarter, toStarter, null],
  ['taken back', toStarter, pro, 'Pro stays: the change to Starter was taken back.'],
  ['it has come', toStarter, { ...pro, name: 'Starter' }, 'The plan is now Starter.'],
  ['cancelled', pro, ending, 'Pro ends on Dec 18, 2026.'],
  ['cancelled instead of changed', toStarter, ending, 'Pro ends on Dec 18, 2026.'],
  ['resumed', ending, pro, 'Pro goes on: it was resumed.'],
  ['resumed, and what was scheduled before is to follow again', ending, toStarter, 'Pro changes to Starter on Dec 18, 2026.'],
  ['ended', ending, ended, 'The subscription has ended. Nothing new is taken until a plan is chosen.'],
  ['still ended', ended, ended, null],
  ['chosen anew', ended, pro, 'The plan is now Pro.'],
])('%s', (_, before, after, words) => {
  expect(planMove(before, after)).toBe(words)
})
