import { format } from '../app/format.ts'
import { texts } from '../app/texts.ts'
import { useConnection, useWorkspace } from '../state/active-workspace.ts'
import { useToday } from '../state/now.ts'

/** The age of what a page shows from the cache, as a sentence behind the line about the page. */
export function AsOf() {
  const { asOf } = useConnection(useWorkspace())
  const today = useToday()
  return asOf === null ? null : <span>{` ${texts.overview.asOf(format.moment(asOf, today))}.`}</span>
}
