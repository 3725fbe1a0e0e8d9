/**
 * The Lance table of envelopes: its columns, and the way between rows and Arrow. LanceDB is loaded on first use only:
 * its library costs 50 ms and 30 MB, which a start that shows cached data need not pay.
 */
import { createRequire } from 'node:module'
import type { Connection, Table } from '@lancedb/lancedb'
import type { RecordBatch, Schema, Vector } from 'apache-arrow'
import { giveBack } from '../../base/give-back.ts'
import type { StoredEnvelope } from '../../outbox/item.ts'

export type { Connection as LanceConnection, Table as LanceTable }

export const TABLE_NAME = 'envelopes'
const HASH_BYTES = 32
/** Default caches would grow to 7 GB; these hold the footers and index pages of a million rows. */
const INDEX_CACHE_BYTES = 8n * 1024n * 1024n
const METADATA_CACHE_BYTES = 4n * 1024n * 1024n

type Arrow = typeof import('apache-arrow')
type Lance = typeof import('@lancedb/lancedb')

let loaded: { lance: Lance; arrow: Arrow; schema: Schema } | null = null

async function library(): Promise<{ lance: Lance; arrow: Arrow; schema: Schema }> {
  if (loaded) return loaded
  const lance = await import('@lancedb/lancedb')
  // The very copy of Arrow that LanceDB requires. `import` would load the ES build beside it: twice the memory, and
  // every table would be rebuilt because its classes are not LanceDB's.
  const arrow: Arrow = createRequire(import.meta.url)('apache-arrow')
  const { Schema: ArrowSchema, Field, Utf8, Int64, Int32, Binary, FixedSizeBinary } = arrow
  const schema = new ArrowSchema([
    new Field('id', new Utf8(), false),
    new Field('workspace_id', new Utf8(), false),
    new Field('sequence', new Int64(), false),
    new Field('memory_ref', new FixedSizeBinary(HASH_BYTES), false),
    new Field('revision', new Int32(), false),
    new Field('sub_key_id', new Utf8(), true),
    new Field('created_at', new Int64(), false),
    new Field('size_bytes', new Int32(), false),
    new Field('sha256', new FixedSizeBinary(HASH_BYTES), false),
    new Field('ciphertext', new Binary(), false),
  ])
  loaded = { lance, arrow, schema }
  return loaded
}

export async function connectLance(dataDir: string): Promise<Connection> {
  const { lance } = await library()
  return lance.connect(dataDir, { manifestEnabled: false, session: new lance.Session(INDEX_CACHE_BYTES, METADATA_CACHE_BYTES) })
}

export async function createEnvelopeTable(connection: Connection, name = TABLE_NAME): Promise<Table> {
  const { schema } = await library()
  return connection.createEmptyTable(name, schema, { existOk: true, mode: 'create' })
}

/** Takes the newest fragments into the index of sequences; 20 ms for 100,000 rows. Without it they are searched one by one. */
export async function refreshSequenceIndex(table: Table): Promise<void> {
  const { lance } = await library()
  await table.createIndex('sequence', { config: lance.Index.btree(), replace: true })
}

/** Both point to what is asked for: by id (a memory's envelope) and by sequence (the drain). */
export async function ensureIndexes(table: Table): Promise<void> {
  const { lance } = await library()
  const present = new Set((await table.listIndices()).flatMap((index) => index.columns))
  for (const column of ['id', 'sequence']) {
    if (!present.has(column)) await table.createIndex(column, { config: lance.Index.btree() })
  }
}

export async function addEnvelopes(table: Table, envelopes: readonly StoredEnvelope[]): Promise<void> {
  const { arrow, schema } = await library()
  const columns: Record<string, Vector> = {
    id: texts(
      arrow,
      envelopes.map((envelope) => envelope.id),
    ),
    workspace_id: texts(
      arrow,
      envelopes.map((envelope) => envelope.workspaceId),
    ),
    sequence: arrow.makeVector(BigInt64Array.from(envelopes, (envelope) => BigInt(envelope.sequence))),
    memory_ref: hashes(
      arrow,
      envelopes.map((envelope) => envelope.memoryRef),
    ),
    revision: arrow.makeVector(Int32Array.from(envelopes, (envelope) => envelope.revision)),
    sub_key_id: texts(
      arrow,
      envelopes.map((envelope) => envelope.subKeyId),
    ),
    created_at: arrow.makeVector(BigInt64Array.from(envelopes, (envelope) => BigInt(envelope.createdAt))),
    size_bytes: arrow.makeVector(Int32Array.from(envelopes, (envelope) => envelope.sizeBytes)),
    sha256: hashes(
      arrow,
      envelopes.map((envelope) => envelope.sha256),
    ),
    ciphertext: variable(
      arrow,
      envelopes.map((envelope) => envelope.ciphertext),
      new arrow.Binary(),
    ),
  }
  try {
    await table.add(new arrow.Table(schema, columns))
  } finally {
    // LanceDB has taken a copy.
    for (const { data } of Object.values(columns)) for (const { values } of data) if (values) giveBack(values)
  }
}

export type EnvelopeColumn =
  | 'id'
  | 'workspace_id'
  | 'sequence'
  | 'memory_ref'
  | 'revision'
  | 'sub_key_id'
  | 'created_at'
  | 'size_bytes'
  | 'sha256'
  | 'ciphertext'

/**
 * Runs a query batch by batch. `predicate` is built by this folder only, from checked ids and integers.
 * A batch is valid inside `take` only; what `bytesColumn` gives out is a copy.
 */
export async function scan(
  table: Table,
  predicate: string | null,
  columns: readonly EnvelopeColumn[],
  take: (batch: RecordBatch) => void,
  limit?: number,
): Promise<void> {
  const query = table.query().select([...columns])
  if (predicate !== null) query.where(predicate)
  if (limit !== undefined) query.limit(limit)
  for await (const batch of query) {
    take(batch)
    release(batch)
  }
}

/**
 * Gives the batch's memory back at once. It was allocated by LanceDB, and V8 collects such buffers only every 64 MB:
 * reading 100,000 envelopes would grow the process by more than they take. Nothing may be read from the batch after this.
 */
function release(batch: RecordBatch): void {
  for (const { values } of batch.data.children) {
    if (values?.buffer instanceof ArrayBuffer && !values.buffer.detached) values.buffer.transfer(0)
  }
}

export function integerColumn(batch: RecordBatch, name: 'sequence' | 'created_at' | 'revision' | 'size_bytes'): (row: number) => number {
  const column = batch.getChild(name)
  return (row) => Number(column?.get(row))
}

export function textColumn(batch: RecordBatch, name: 'id' | 'workspace_id' | 'sub_key_id'): (row: number) => string | null {
  const column = batch.getChild(name)
  return (row) => {
    const value: unknown = column?.get(row)
    return typeof value === 'string' ? value : null
  }
}

/** The bytes of a column, copied once for the whole batch; the rows share that copy. */
export function bytesColumn(batch: RecordBatch, name: 'memory_ref' | 'sha256' | 'ciphertext'): (row: number) => Uint8Array {
  const data = batch.getChild(name)?.data[0]
  if (!data || !(data.values instanceof Uint8Array)) throw new TypeError(`${name} is not a column of bytes`)
  const offsets = data.valueOffsets
  if (!offsets) {
    const copy = data.values.slice()
    return (row) => copy.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES)
  }
  const first = offsets[0] ?? 0
  const copy = data.values.slice(first, offsets[data.length] ?? first)
  return (row) => copy.subarray((offsets[row] ?? first) - first, (offsets[row + 1] ?? first) - first)
}

export const ALL_COLUMNS: readonly EnvelopeColumn[] = [
  'id',
  'workspace_id',
  'sequence',
  'memory_ref',
  'revision',
  'sub_key_id',
  'created_at',
  'size_bytes',
  'sha256',
  'ciphertext',
]

export function envelopesOf(batch: RecordBatch): StoredEnvelope[] {
  const id = textColumn(batch, 'id')
  const workspaceId = textColumn(batch, 'workspace_id')
  const subKeyId = textColumn(batch, 'sub_key_id')
  const [sequence, revision, createdAt, sizeBytes] = [
    integerColumn(batch, 'sequence'),
    integerColumn(batch, 'revision'),
    integerColumn(batch, 'created_at'),
    integerColumn(batch, 'size_bytes'),
  ]
  const [memoryRef, sha256, ciphertext] = [bytesColumn(batch, 'memory_ref'), bytesColumn(batch, 'sha256'), bytesColumn(batch, 'ciphertext')]
  return Array.from({ length: batch.numRows }, (_, row) => ({
    id: id(row) ?? '',
    workspaceId: workspaceId(row) ?? '',
    sequence: sequence(row),
    memoryRef: hex(memoryRef(row)),
    revision: revision(row),
    subKeyId: subKeyId(row),
    createdAt: createdAt(row),
    sizeBytes: sizeBytes(row),
    sha256: hex(sha256(row)),
    ciphertext: ciphertext(row),
  }))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

function texts(arrow: Arrow, values: readonly (string | null)[]): Vector {
  return variable(
    arrow,
    values.map((value) => (value === null ? null : Buffer.from(value))),
    new arrow.Utf8(),
  )
}

/** Hex hashes as 32 bytes: as text they would make every row 64 bytes longer. */
function hashes(arrow: Arrow, values: readonly string[]): Vector {
  const data = Buffer.alloc(HASH_BYTES * values.length)
  values.forEach((value, row) => {
    if (data.write(value, row * HASH_BYTES, HASH_BYTES, 'hex') !== HASH_BYTES) throw new RangeError('a hash has 64 hex digits')
  })
  return arrow.makeVector(arrow.makeData({ type: new arrow.FixedSizeBinary(HASH_BYTES), length: values.length, nullCount: 0, data }))
}

/** Arrow's own builders take 30 ms for 2,000 rows; these columns are three copies. */
function variable(arrow: Arrow, values: readonly (Uint8Array | null)[], type: InstanceType<Arrow['Utf8']> | InstanceType<Arrow['Binary']>): Vector {
  const valueOffsets = new Int32Array(values.length + 1)
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8))
  let total = 0
  let nullCount = 0
  values.forEach((value, row) => {
    total += value?.length ?? 0
    valueOffsets[row + 1] = total
    if (value) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7))
    else nullCount += 1
  })
  const data = new Uint8Array(total)
  values.forEach((value, row) => {
    if (value) data.set(value, valueOffsets[row])
  })
  const common = { length: values.length, nullCount, ...(nullCount > 0 ? { nullBitmap } : {}), valueOffsets, data }
  return arrow.Type.Utf8 === type.typeId
    ? arrow.makeVector(arrow.makeData({ ...common, type: new arrow.Utf8() }))
    : arrow.makeVector(arrow.makeData({ ...common, type: new arrow.Binary() }))
}
