import type { MeterUse } from '../../../shared/contract/console/usage.ts'
import type { Meter } from '../../../shared/contract/console.ts'

/** A meter with what only this page says of it. */
export type MeterInUse = { meter: Meter; use: MeterUse }
