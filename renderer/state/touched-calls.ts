import type { ConsoleEvent, ReadName } from '../../shared/contract/console.ts'
import type { Topic } from '../../shared/contract/topics.ts'
import { readsByTopic } from '../../shared/generated/reads-by-topic.ts'

export type Touched = { workspaceId: string | null; calls: readonly ReadName[] }

/** Pure: the reads that an event makes stale. `workspaceId` null: those of every workspace. */
export function touchedCalls(event: ConsoleEvent): Touched {
  return {
    workspaceId: 'workspaceId' in event.payload ? event.payload.workspaceId : null,
    calls: [...new Set(topicsOf(event).flatMap((topic) => readsByTopic[topic]))],
  }
}

/** Which topics an event moves; which reads show them, the contract says. */
function topicsOf(event: ConsoleEvent): readonly Topic[] {
  switch (event.event) {
    case 'cache.changed':
      return event.payload.topics.filter(isTopic)
    case 'connection.changed':
      // It moves with every answer of the platform, so there were requests.
      return ['connection', 'egress']
    case 'outbox.changed':
      return ['outbox', 'egress']
    case 'release.finished':
      return ['outbox']
    case 'activity.changed':
      return ['activity']
    case 'checkout.changed':
      return ['checkout']
    case 'workspaces.changed':
      return ['workspace']
    case 'vault.changed':
      // Keys that were brought back bring back the names of sub-keys.
      return ['vault', 'sub_key']
    case 'import.progress':
      return event.payload.state === 'running' ? [] : ['outbox']
    case 'restore.progress':
      return event.payload.progress.state === 'running' ? [] : ['outbox']
    case 'warnings.changed':
      return ['warnings']
    case 'backups.changed':
      return ['backups']
    case 'request.moved':
      return ['plan_request', 'tenants']
    case 'updates.changed':
      return ['updates']
    case 'desktop.engine':
      return ['desktop']
    // Told beside what moved the cache.
    case 'alert.fired':
    case 'desktop.page':
    case 'desktop.notice':
      return []
  }
}

/** A newer platform may send topics that nothing here shows. */
function isTopic(topic: string): topic is Topic {
  return Object.hasOwn(readsByTopic, topic)
}
