import { useLocation, useSearch } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { UsageGrain } from '../../../shared/contract/console/usage.ts'

/** What the usage page shows, as its address says it: everything can be linked to, and back works. */
export type UsageAddress = { meter: string | null; grain: UsageGrain; running: boolean }

const grains: readonly UsageGrain[] = ['hour', 'day', 'month']

export function readUsageAddress(search: string): UsageAddress {
  const parameters = new URLSearchParams(search)
  const grain = grains.find((known) => known === parameters.get('by')) ?? 'day'
  return { meter: parameters.get('meter'), grain, running: grain === 'day' && parameters.get('show') === 'running' }
}

export function writeUsageAddress({ meter, grain, running }: UsageAddress): string {
  if (meter === null) return paths.usage
  const parameters = new URLSearchParams({ meter })
  if (grain !== 'day') parameters.set('by', grain)
  if (grain === 'day' && running) parameters.set('show', 'running')
  return `${paths.usage}?${parameters}`
}

export function useUsageAddress(): [UsageAddress, (change: Partial<UsageAddress>) => void] {
  const address = readUsageAddress(useSearch())
  const [, navigate] = useLocation()
  return [address, (change) => navigate(writeUsageAddress({ ...address, ...change }))]
}
