import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import type { Clock } from '../../base/clock.ts'
import type { Database } from '../../store/database.ts'
import type { TopicTable } from '../../sync/documents/topic-table.ts'
import { ChainCheck } from './chain-check.ts'
import { AuditEntries } from './entries.ts'
import { AuditReads } from './reads.ts'

/** The topics whose documents lie in the audit log's own tables; `audit_chain` is what this computer found out about them. */
const ENTRY_TOPICS = ['audit_entry', 'audit_checkpoint']
const CHAIN_TOPIC = 'audit_chain'

export type AuditLogOptions = {
  database: Database
  clock: Clock
  emit: (event: ConsoleEvent) => void
  report: (line: string) => void
}

/** The audit log on this computer: its tables, what pages ask of it, and the check of its chain. */
export class AuditLog {
  readonly reads: AuditReads
  readonly #entries: AuditEntries
  readonly #check: ChainCheck

  constructor({ database, clock, emit, report }: AuditLogOptions) {
    this.#entries = new AuditEntries(database)
    this.reads = new AuditReads(database, this.#entries)
    this.#check = new ChainCheck({
      database,
      entries: this.#entries,
      clock,
      changed: (workspaceId) => emit({ event: 'cache.changed', payload: { workspaceId, topics: [CHAIN_TOPIC] } }),
      report: (error) => report(`audit log: ${error instanceof Error ? error.name : 'failed'}`),
    })
  }

  topicTables(): readonly TopicTable[] {
    return this.#entries.topicTables()
  }

  /** Called with every event: entries that came are followed. */
  watch(event: ConsoleEvent): void {
    if (event.event !== 'cache.changed') return
    const { workspaceId, topics } = event.payload
    if (topics.some((topic) => ENTRY_TOPICS.includes(topic))) this.#check.wake(workspaceId)
  }

  /** Follows every chain from where the last run of the console left it. */
  start(workspaceIds: Iterable<string>): void {
    for (const workspaceId of workspaceIds) this.#check.wake(workspaceId)
  }

  recheck(workspaceId: string): void {
    this.#entries.forgetVerdict(workspaceId)
    this.#check.wake(workspaceId)
  }

  settled(): Promise<void> {
    return this.#check.settled()
  }

  stop(): Promise<void> {
    return this.#check.stop()
  }
}
