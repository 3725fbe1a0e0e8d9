/** What the costs page shows as the query of its address, so that every view can be linked to and gone back to. Pure. */
import type { CostDimension } from '../../../shared/contract/console/costs.ts'

export const dimensions: readonly CostDimension[] = ['service', 'category', 'user', 'meter']

/** `period` null: the one that runs. `against` null: the one before. */
export type CostAddress = { period: string | null; by: CostDimension; against: string | null }

/** What is not known is left out: an address may have been typed by hand. */
export function costAddress(search: string): CostAddress {
  const params = new URLSearchParams(search)
  return {
    period: monthOrNull(params.get('period')),
    by: dimensions.find((dimension) => dimension === params.get('by')) ?? 'service',
    against: monthOrNull(params.get('against')),
  }
}

export function searchOfCosts({ period, by, against }: CostAddress): string {
  const params = new URLSearchParams()
  if (period !== null) params.set('period', period)
  if (by !== 'service') params.set('by', by)
  if (against !== null) params.set('against', against)
  return params.toString()
}

function monthOrNull(text: string | null): string | null {
  return text !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : null
}
