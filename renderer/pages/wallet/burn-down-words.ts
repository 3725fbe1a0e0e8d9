import type { BurnDown } from '../../../shared/contract/console/wallet.ts'
import { au } from '../../base/format/au-amounts.ts'
import { walletTexts } from './texts.ts'

type Day = BurnDown['days'][number]

/**
 * From which balance to which, and what lies between them. Pure.
 * @param days oldest first. Each balance is that of the day's end, so what moved on the first day is in its balance already.
 */
export function burnDownSummary(days: readonly Day[]): string {
  const since = days.slice(1)
  const sum = (of: (day: Day) => string): bigint => since.reduce((total, day) => total + BigInt(of(day)), 0n)
  return walletTexts.burnDown.summary(
    au(days[0]?.balanceMicroAu ?? '0'),
    au(days.at(-1)?.balanceMicroAu ?? '0'),
    au(sum(({ debitedMicroAu }) => debitedMicroAu)),
    au(sum(({ creditedMicroAu }) => creditedMicroAu)),
  )
}
