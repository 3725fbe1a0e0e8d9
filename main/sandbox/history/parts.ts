import { auditHistory } from './audit.ts'
import type { HistoryPart } from './history.ts'
import { alertHistory } from './alerts.ts'
import { usageHistory } from './usage.ts'

/** What the demo's past is made of, in the order in which it is made: later parts may read what earlier ones wrote. */
export const historyParts: readonly HistoryPart[] = [auditHistory, usageHistory, alertHistory]
