import { expect, test } from 'vitest'
import { MetDocuments } from '../../../../main/engine/sync/feed/met-documents.ts'

test('a document that was met is never taken for a new one, and of ten thousand new ones hardly one for one that was met', () => {
  const met = new MetDocuments()
  const ids = Array.from({ length: 10_000 }, (_, index) => `entry-${index}`)
  expect(ids.filter((id) => met.meet('audit_entry', id)).length).toBeGreaterThan(9_990)
  expect(ids.filter((id) => met.meet('audit_entry', id))).toEqual([])
  expect(met.meet('setting', 'entry-0')).toBe(true)
})
