import type { DocumentTopic } from './platform/topics.ts'

/**
 * What an answer of the bridge is made of: the documents of a platform, and what this computer knows besides. The one closed list: a read names
 * its topics from it, an event the topics that it moves, and what a page asks again follows from both.
 */
export type Topic = DocumentTopic | LocalTopic

/**
 * What is no document of the feed. Two topics of the feed stand for more than their document: `workspace` also for what this computer keeps of
 * one (whoever is signed in, the role, its own name for it), and `checkout` for the one in flight.
 */
type LocalTopic =
  /** What happened, in words. */
  | 'activity'
  /** What was found when the audit log's chain was followed. */
  | 'audit_chain'
  /** The copies of the outbox, and which one is to be restored. */
  | 'backups'
  /** Whether a platform can be reached, and the age of the cache. Not the platform's clock: time goes on without telling. */
  | 'connection'
  /** The window's own settings, and the engine behind it. */
  | 'desktop'
  /** The log of requests. */
  | 'egress'
  /** The queue with what it delivers, and what it has delivered. */
  | 'outbox'
  /** What a Platform Admin sees of other tenants; it is asked of the platform and not kept. */
  | 'tenants'
  | 'updates'
  /** Whether the keys are open, and how they are protected. */
  | 'vault'
  | 'warnings'
