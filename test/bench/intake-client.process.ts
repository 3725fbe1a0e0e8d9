/** Agents in a process of their own: posts single memories or batches of 100 and says how long it took. */
import { z } from 'zod'
import { httpRequest, load } from './load.ts'
import { CONTENT_TYPE, memoryName } from './queue.ts'

const job = z
  .object({
    port: z.int(),
    secret: z.string(),
    kind: z.enum(['single', 'batch']),
    connections: z.int(),
    firstNo: z.int(),
    total: z.int(),
    contentText: z.string(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''))
const BATCH = 100

const content = Buffer.from(job.contentText)
const headers = { Authorization: `Bearer ${job.secret}` }
const requests =
  job.kind === 'single'
    ? Array.from({ length: job.total }, (_, index) =>
        httpRequest({
          port: job.port,
          path: '/v1/memories',
          headers: { ...headers, 'Content-Type': CONTENT_TYPE, 'Tidemark-Memory-Id': memoryName(job.firstNo + index) },
          body: content,
        }),
      )
    : Array.from({ length: job.total / BATCH }, (_, batch) => {
        const memories = Array.from({ length: BATCH }, (__, index) => ({
          id: memoryName(job.firstNo + batch * BATCH + index),
          content_type: CONTENT_TYPE,
          text: job.contentText,
        }))
        return httpRequest({
          port: job.port,
          path: '/v1/memories/batch',
          headers: { ...headers, 'Content-Type': 'application/json' },
          body: Buffer.from(JSON.stringify({ memories })),
        })
      })
const seconds = await load({
  port: job.port,
  connections: job.connections,
  request: (no) => requests[no] ?? Buffer.alloc(0),
  total: requests.length,
  expectedStatus: 201,
})
console.log(JSON.stringify({ perSecond: job.total / seconds }))
