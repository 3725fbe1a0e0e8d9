/** Reads a request's body whole, within a limit, and counts what came of it against the budget of all connections. */
import type { IncomingMessage } from 'node:http'
import { ConsoleFailure } from '../base/failure.ts'
import type { BodyShare } from './body-budget.ts'
import type { StalledUploads } from './stalled-uploads.ts'

export type BodyLimit = { maxBytes: number; code: 'envelope_too_large' | 'batch_too_large' }

/** The length that the request announces; null when it comes in chunks. */
export function announcedLength(request: IncomingMessage): number | null {
  const header = request.headers['content-length']
  return header === undefined ? (request.headers['transfer-encoding'] === undefined ? 0 : null) : Number(header)
}

export function requireAnnouncedWithin(request: IncomingMessage, limit: BodyLimit): void {
  const announced = announcedLength(request)
  if (announced !== null && announced > limit.maxBytes) throw tooLarge(limit)
}

export type BodyWatch = { share: BodyShare; stalled: StalledUploads }

/** @throws ConsoleFailure of the limit's code, `request_timeout` when it stood still, or `request_aborted` when the writer went away. */
export function readBody(request: IncomingMessage, limit: BodyLimit, { share, stalled }: BodyWatch): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    let settled = false
    const forget = stalled.watch({ receivedBytes: () => sizeBytes, waitsForUs: () => request.isPaused(), end: (failure) => fail(failure) })
    function settle(): void {
      settled = true
      forget()
    }
    function fail(failure: ConsoleFailure): void {
      if (settled) return
      settle()
      chunks.length = 0
      reject(failure)
    }
    request.on('data', (chunk: Buffer) => {
      if (settled) return
      sizeBytes += chunk.length
      if (sizeBytes > limit.maxBytes) return fail(tooLarge(limit))
      chunks.push(chunk)
      // What is here already is kept; the rest stays with the writer until others are done.
      if (!share.add(chunk.length, () => void request.resume())) request.pause()
    })
    request.on('end', () => {
      if (settled) return
      settle()
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, sizeBytes))
    })
    const abort = (): void => {
      // Every request closes in the end, nearly always after its body: an error is not made for those.
      if (!settled) fail(aborted())
    }
    request.on('error', abort)
    request.on('close', abort)
  })
}

function tooLarge(limit: BodyLimit): ConsoleFailure {
  return limit.code === 'batch_too_large'
    ? new ConsoleFailure(
        'batch_too_large',
        `The batch is larger than ${limit.maxBytes} bytes.`,
        'Send it in smaller batches, or single memories in the raw form.',
      )
    : new ConsoleFailure('envelope_too_large', `A memory may have at most ${limit.maxBytes} bytes here.`, 'Split it into smaller memories.')
}

function aborted(): ConsoleFailure {
  return new ConsoleFailure('request_aborted', 'The request ended before its body did.', 'Send it again.')
}
