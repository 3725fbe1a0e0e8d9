import type { Workspace } from '../../../shared/contract/console.ts'
import { format } from '../../base/format/format.ts'
import classes from '../../components/label/count.module.css'
import { useLive } from '../../state/live-store.ts'
import { countWords } from './count-words.ts'

/** What waits for a person: held and rejected. Queued writes leave by themselves and need no badge. */
export function OutboxCount({ workspace }: { workspace: Workspace }) {
  const tally = useLive((live) => live.outbox[workspace.id]?.tally)
  const held = tally?.held.count ?? workspace.queue.held
  const rejected = tally?.rejected.count ?? workspace.queue.rejected
  if (held + rejected === 0) return null
  return (
    <span className={classes.count} data-tone={held === 0 ? 'red' : 'amber'} role="img" aria-label={countWords(held, rejected)}>
      {format.shortCount(held + rejected)}
    </span>
  )
}
