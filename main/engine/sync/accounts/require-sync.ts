import { ConsoleFailure } from '../../base/failure.ts'
import type { WorkspaceRecord } from './workspace-registry.ts'

/** What needs a platform that takes envelopes; what a refusal says of it. */
const WORDS = {
  import: { what: 'so files cannot be imported here', kept: 'No file was read; all of them are where they were.' },
  subKey: { what: 'so an agent has nothing to write here', kept: 'No sub-key was made.' },
  write: { what: 'so it cannot be delivered', kept: 'Nothing was stored.' },
  restore: { what: 'so it has none to give back', kept: 'What is on this computer stays as it is.' },
} as const

/**
 * Envelopes, and with them sub-keys and devices, are one thing that a platform may offer. Where it does not, what was sealed for it would
 * wait in the queue only to be rejected. A workspace that is not known (any more) is no reason to refuse: its queue is kept.
 *
 * @throws ConsoleFailure `not_offered`
 */
export function requireSync(workspace: Pick<WorkspaceRecord, 'name' | 'capabilities'> | null, work: keyof typeof WORDS): void {
  if (workspace === null || workspace.capabilities.includes('sync')) return
  const { what, kept } = WORDS[work]
  throw new ConsoleFailure(
    'not_offered',
    `The platform of “${workspace.name}” takes no envelopes, ${what}. ${kept}`,
    'Choose a workspace whose platform takes envelopes. Edits to settings and alerts are queued and sent here as everywhere.',
  )
}
