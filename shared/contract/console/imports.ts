/** Files that a person brings in through the page, on the bridge. */
import { z } from 'zod'
import { call } from '../call.ts'
import { bytes, count, done, id, inWorkspace } from '../primitives.ts'

export const importProgress = z.strictObject({
  id,
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  filesTotal: count,
  filesDone: count,
  bytesDone: bytes,
  refused: z.array(z.strictObject({ name: z.string(), reason: z.string() })).max(1000),
})

export const importCalls = {
  /** Files come in pieces that the page reads; `chunkBase64` is at most 1 MiB of bytes. The last piece closes the file. */
  'import.start': call(inWorkspace.extend({ filesTotal: count }), z.strictObject({ importId: id }), 'action'),
  'import.chunk': call(
    z.strictObject({
      importId: id,
      fileName: z.string().min(1).max(1024),
      contentType: z.string().max(128),
      chunkBase64: z.string().max(1_500_000),
      last: z.boolean(),
    }),
    done,
    'action',
  ),
  'import.finish': call(z.strictObject({ importId: id }), importProgress, 'action'),
  'import.cancel': call(z.strictObject({ importId: id }), importProgress, 'action'),
} as const

export const importEvents = {
  'import.progress': importProgress,
} as const
