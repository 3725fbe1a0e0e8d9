import { format } from '../base/format/format.ts'
import { useConnection, useWorkspace } from './active-workspace.ts'
import { useToday } from './now.ts'

/** When the cache of the chosen workspace was last known to agree with its platform, as people say it; null before that. */
export function useAsOf(): string | null {
  const { asOf } = useConnection(useWorkspace())
  const today = useToday()
  return asOf === null ? null : format.moment(asOf, today)
}
