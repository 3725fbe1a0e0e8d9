import { expect, it } from 'vitest'
import { FirstSteps } from '../../../main/engine/activity/first-steps.ts'

function settings() {
  const kept = new Map<string, string>()
  return {
    get: (key: string) => kept.get(key) ?? null,
    set: (key: string, value: string | null) => void (value === null ? kept.delete(key) : kept.set(key, value)),
  }
}
const nothing = { hasKey: false, hasWritten: false }
const everything = { hasKey: true, hasWritten: true }

it('ticks what is done, and stays with its ticks until it is dismissed, for ever', () => {
  const kept = settings()
  const steps = new FirstSteps(kept)
  expect(steps.read('one', nothing)).toEqual({ ...nothing, hasWatched: false, hasBegun: false })
  steps.note('one', 'begun')
  expect(steps.read('one', everything)).toEqual({ ...everything, hasWatched: false, hasBegun: true })
  steps.note('one', 'watched')
  steps.note('one', 'begun')
  expect(steps.read('one', everything)).toEqual({ ...everything, hasWatched: true, hasBegun: true })
  steps.note('one', 'dismissed')
  steps.note('one', 'watched')
  expect(new FirstSteps(kept).read('one', nothing)).toBeNull()
  expect(steps.isDismissed('one')).toBe(true)
})

it('is not for a workspace that was at work before it was ever shown, and each workspace has its own', () => {
  const steps = new FirstSteps(settings())
  expect(steps.read('old', everything)).toBeNull()
  steps.note('old', 'dismissed')
  expect(steps.read('new', { hasKey: true, hasWritten: false })).not.toBeNull()
})
