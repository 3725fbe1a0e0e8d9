import type { Drain, RouteTrouble } from '../../../../shared/contract/console.ts'
import type { PauseReason } from '../queue/delivery-port.ts'
import type { DrainerOptions } from './drainer-options.ts'
import { createThrottle, DrainProgress } from './drain-progress.ts'
import { WorkspaceDrain } from './workspace-drain.ts'

export type Drainer = {
  /** Begins to send what this workspace queued. Only after its device is registered: an unknown device would have every envelope rejected. */
  start(workspaceId: string): void
  /** Looks at once whether something can be sent; after a network failure, without waiting for the back-off. */
  wake(workspaceId: string): void
  pause(workspaceId: string, why: PauseReason): void
  resume(workspaceId: string): void
  /** What is known of the meters has changed, or may have: tries what is held if it fits now. */
  countersChanged(workspaceId: string): void
  drain(workspaceId: string): Drain
  pausedBy(workspaceId: string): PauseReason | null
  /** Routes on which the platform refuses everything, so that what would go there waits. */
  troubles(workspaceId: string): RouteTrouble[]
  /** Ends one workspace, after the write in hand. */
  remove(workspaceId: string): Promise<void>
  /** Ends all, after the writes in hand. */
  stop(): Promise<void>
}

/** Sends what the outbox holds, each workspace on its own: a slow or refused one never delays another. */
export function createDrainer(options: DrainerOptions): Drainer {
  const { outbox, clock, emit } = options
  const drains = new Map<string, { drain: WorkspaceDrain; progress: DrainProgress; events: { soon(): void; cancel(): void } }>()
  let stopped = false

  const unsubscribe = outbox.subscribe((workspaceId, news) => {
    const known = drains.get(workspaceId)
    if (!known) return
    known.events.soon()
    if (typeof news === 'object') known.drain.ask(news.asked)
    else if (news !== 'drained' && news !== 'restored') known.drain.wake(false)
  })

  function snapshot(workspaceId: string): Drain {
    const known = drains.get(workspaceId)
    return (known?.progress ?? new DrainProgress(clock)).snapshot(known?.drain.left() ?? 0)
  }

  function start(workspaceId: string): void {
    if (stopped || drains.has(workspaceId)) return
    const progress = new DrainProgress(clock)
    const events = createThrottle(clock, () =>
      emit({ event: 'outbox.changed', payload: { workspaceId, tally: outbox.tally(workspaceId), drain: snapshot(workspaceId) } }),
    )
    const drain = new WorkspaceDrain({ ...options, workspaceId, progress, changed: events.soon })
    drains.set(workspaceId, { drain, progress, events })
    drain.start()
  }

  async function remove(workspaceId: string): Promise<void> {
    const known = drains.get(workspaceId)
    if (!known) return
    await known.drain.stop()
    known.events.cancel()
    drains.delete(workspaceId)
  }

  return {
    start,
    wake: (workspaceId) => drains.get(workspaceId)?.drain.wake(true),
    pause: (workspaceId, why) => drains.get(workspaceId)?.drain.pause(why),
    resume: (workspaceId) => drains.get(workspaceId)?.drain.resume(),
    countersChanged: (workspaceId) => drains.get(workspaceId)?.drain.wake(false),
    drain: snapshot,
    pausedBy: (workspaceId) => drains.get(workspaceId)?.drain.paused ?? null,
    troubles: (workspaceId) => drains.get(workspaceId)?.drain.troubles ?? [],
    remove,
    async stop() {
      stopped = true
      unsubscribe()
      await Promise.all([...drains.keys()].map(remove))
    },
  }
}
