/**
 * Every word that the console says is in this catalogue (`texts/`): one place to read for tone, and the place
 * where a translation begins. What the first page needs is gathered here; the words of a page that comes on
 * demand come with it (`texts/outbox.ts` and so on).
 */
import { drainTexts } from './drain.ts'
import { meterTexts } from './meter.ts'
import { overviewTexts } from '../../pages/overview/texts.ts'
import { shellTexts } from './shell.ts'
import { upgradeTexts } from './upgrade.ts'

export const texts = {
  ...shellTexts,
  drain: drainTexts,
  meter: meterTexts,
  overview: overviewTexts,
  upgrade: upgradeTexts,
} as const
