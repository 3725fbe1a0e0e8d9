import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobColumn, integerColumn, LINES, PackedRows, unpacked } from '../../../../main/engine/outbox/queue/rows/bulk-rows.ts'

const columns = [blobColumn('name', 3), integerColumn('small'), blobColumn('hash', 2), integerColumn('large')]
type Row = { name: Buffer; small: number; hash: Buffer; large: number }

describe('packed rows', () => {
  it('come out of SQLite as they were put in', () => {
    const database = new BetterSqlite3(':memory:')
    const select = database.prepare<[{ rows: Buffer; count: number }], Row>(
      `${LINES} SELECT ${columns.map(({ name }) => `${unpacked(columns, name)} AS ${name}`).join(', ')} FROM line`,
    )
    const row = fc.record({
      name: fc.uint8Array({ minLength: 3, maxLength: 3 }),
      small: fc.nat(9),
      hash: fc.uint8Array({ minLength: 2, maxLength: 2 }),
      large: fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER, 10, 1_000_000)),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const packed = new PackedRows(columns, rows.length)
        for (const { name, small, hash, large } of rows) {
          packed.blob(name)
          packed.integer(small)
          packed.hex(Buffer.from(hash).toString('hex'), 2)
          packed.integer(large)
        }
        expect(select.all({ rows: packed.bytes, count: rows.length })).toEqual(
          rows.map(({ name, small, hash, large }) => ({ name: Buffer.from(name), small, hash: Buffer.from(hash), large })),
        )
      }),
    )
    database.close()
  })

  it('refuses what would move the columns after it, or come out as something else', () => {
    const packed = new PackedRows(columns, 1)
    for (const text of ['abc', 'abcdef', 'zz00', '']) expect(() => packed.hex(text, 2)).toThrow(RangeError)
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => packed.integer(value)).toThrow(RangeError)
    expect(() => unpacked(columns, 'other')).toThrow('other')
  })
})
