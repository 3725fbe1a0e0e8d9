/**
 * The words that more than one page says, and what the first page needs of them in any case. The words of a page lie beside it (`texts.ts` in its
 * folder) and come with it; those of the shell lie in `app/texts.ts`.
 */
import { drainTexts } from './drain.ts'
import { meterTexts } from './meter.ts'
import { sharedTexts } from './shared.ts'
import { upgradeTexts } from './upgrade.ts'

export const texts = {
  ...sharedTexts,
  drain: drainTexts,
  meter: meterTexts,
  upgrade: upgradeTexts,
} as const
