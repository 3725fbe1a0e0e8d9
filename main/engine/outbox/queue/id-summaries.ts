import { addToIdSum, EMPTY_ID_SUM, takeFromIdSum } from '../../../../shared/contract/id-sum.ts'
import { idHash } from '../../store/id-sum.ts'
import { uuidText } from './identifiers.ts'
import type { QueueWriter } from './queue-writer.ts'

/** How many ids a device delivered, and what their hashes add up to (shared/contract/README.md, "What is missing there"). */
export type IdSummary = { deviceId: string; count: number; sum: string }

type Row = { device: number; count: number; sum: string; first: number }

/**
 * What each device of this folder was told to be stored, as the platform keeps it too. An id that the platform turned out not to have
 * is taken out again, so the two agree once what it lost is told. Everything that writes belongs inside a transaction of the writer.
 */
export class IdSummaries {
  readonly #writer: QueueWriter
  #made: ReturnType<typeof statementsOf> | null = null

  constructor(writer: QueueWriter) {
    this.#writer = writer
  }

  of(workspace: number): IdSummary[] {
    const { names } = this.#writer
    return this.#statements.all.all(workspace).map(({ device, count, sum }) => ({ deviceId: names.text(device), count, sum }))
  }

  /** The device to which those delivered envelopes belong that do not name theirs; null: there are none. */
  first(workspace: number): number | null {
    return this.#statements.all.all(workspace).find(({ first }) => first === 1)?.device ?? null
  }

  add(workspace: number, device: number, ids: readonly Buffer[]): void {
    const before = this.#read(workspace, device)
    this.#write(workspace, device, before.count + ids.length, addToIdSum(before.sum, ids.map(hashOf)))
  }

  take(workspace: number, device: number, ids: readonly Buffer[]): void {
    const before = this.#read(workspace, device)
    this.#write(workspace, device, before.count - ids.length, takeFromIdSum(before.sum, ids.map(hashOf)))
  }

  /** Everything was compared one by one, and this is what the platform has. */
  set(workspace: number, { deviceId, count, sum }: IdSummary): void {
    this.#write(workspace, this.#writer.names.number(deviceId), count, sum)
  }

  #read(workspace: number, device: number): Pick<Row, 'count' | 'sum'> {
    return this.#statements.one.get(workspace, device) ?? { count: 0, sum: EMPTY_ID_SUM }
  }

  #write(workspace: number, device: number, count: number, sum: string): void {
    this.#statements.put.run(workspace, device, count, sum)
  }

  /** Prepared when they are first needed: a queue that is only written to needs none of them. */
  get #statements(): ReturnType<typeof statementsOf> {
    this.#made ??= statementsOf(this.#writer)
    return this.#made
  }
}

function statementsOf({ database }: QueueWriter) {
  return {
    all: database.prepare<[number], Row>('SELECT device, count, sum, first FROM id_summary WHERE workspace = ? ORDER BY device'),
    one: database.prepare<[number, number], Row>('SELECT device, count, sum, first FROM id_summary WHERE workspace = ? AND device = ?'),
    put: database.prepare<[number, number, number, string]>(
      `INSERT INTO id_summary (workspace, device, count, sum, first) VALUES (?, ?, ?, ?, 0)
       ON CONFLICT (workspace, device) DO UPDATE SET count = excluded.count, sum = excluded.sum`,
    ),
  }
}

function hashOf(id: Buffer): string {
  return idHash(uuidText(id))
}
