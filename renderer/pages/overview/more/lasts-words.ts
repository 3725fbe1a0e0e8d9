import type { BurnDown } from '../../../../shared/contract/console/wallet.ts'
import { format } from '../../../base/format/format.ts'
import { overviewMoreTexts } from './texts.ts'

const words = overviewMoreTexts.wallet

/** Until when a wallet lasts at the rate of its last days. Pure. */
export function lastsWords({ emptyAt, perDayMicroAu }: Pick<BurnDown, 'emptyAt' | 'perDayMicroAu'>, availableMicroAu: string, nowMs: number): string {
  if (BigInt(availableMicroAu) <= 0n) return words.empty
  if (perDayMicroAu === null) return words.unknown
  if (emptyAt === null) return BigInt(perDayMicroAu) <= 0n ? words.unused : words.long
  return words.about(sameYear(emptyAt, nowMs) ? format.utcDay(emptyAt) : format.utcDate(emptyAt))
}

function sameYear(one: number, other: number): boolean {
  return new Date(one).getUTCFullYear() === new Date(other).getUTCFullYear()
}
