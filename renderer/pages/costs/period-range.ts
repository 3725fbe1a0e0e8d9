import type { Costs } from '../../../shared/contract/console/costs.ts'
import { costsTexts } from '../../app/texts/costs.ts'

/** "9 Oct – 8 Nov 2026". */
export function periodRange({ startDate, endDate }: Costs['period']): string {
  return costsTexts.range(Date.parse(`${startDate}T00:00:00Z`), Date.parse(`${endDate}T00:00:00Z`))
}
