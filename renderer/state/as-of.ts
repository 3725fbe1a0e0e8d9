import { format } from '../base/format/format.ts'
import { texts } from '../base/texts/texts.ts'
import { useConnection, useWorkspace } from './active-workspace.ts'
import { useToday } from './now.ts'

/** When the cache of the chosen workspace was last known to agree with its platform, as people say it after “as of”; null before that. */
export function useAsOf(): string | null {
  const { asOf, isAgeUnknown } = useConnection(useWorkspace())
  const today = useToday()
  if (isAgeUnknown) return texts.unknownTime
  return asOf === null ? null : format.moment(asOf, today)
}
