import type { Costs } from '../../../shared/contract/console/costs.ts'
import { dayMs } from '../../components/chart/series.ts'
import { costsTexts } from './texts.ts'

/** "9 Oct – 8 Nov 2026". */
export function periodRange({ startDate, endDate }: Costs['period']): string {
  return costsTexts.range(dayMs(startDate), dayMs(endDate))
}
