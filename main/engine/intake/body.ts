/** Reads a request's body whole, within a limit, without ever holding more than the budget over all connections. */
import type { IncomingMessage } from 'node:http'
import { ConsoleFailure } from '../base/failure.ts'

/** Bytes that all requests under way may hold together; the next ones wait their turn with their body unread. */
export class BodyBudget {
  #freeBytes: number
  readonly #wholeBytes: number
  readonly #waiting: { sizeBytes: number; go: () => void }[] = []

  constructor(wholeBytes: number) {
    this.#freeBytes = wholeBytes
    this.#wholeBytes = wholeBytes
  }

  /** Null when there is room at once; else a promise of it. First come, first served. */
  take(sizeBytes: number): Promise<void> | null {
    const capped = Math.min(sizeBytes, this.#wholeBytes)
    if (this.#waiting.length === 0 && capped <= this.#freeBytes) {
      this.#freeBytes -= capped
      return null
    }
    return new Promise((resolve) => this.#waiting.push({ sizeBytes: capped, go: resolve }))
  }

  giveBack(sizeBytes: number): void {
    this.#freeBytes += Math.min(sizeBytes, this.#wholeBytes)
    for (let next = this.#waiting[0]; next !== undefined && next.sizeBytes <= this.#freeBytes; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#freeBytes -= next.sizeBytes
      next.go()
    }
  }
}

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

/** @throws ConsoleFailure of the limit's code, or `request_aborted` when the writer went away. */
export function readBody(request: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    let settled = false
    function fail(failure: ConsoleFailure): void {
      if (settled) return
      settled = true
      chunks.length = 0
      reject(failure)
    }
    request.on('data', (chunk: Buffer) => {
      if (settled) return
      sizeBytes += chunk.length
      if (sizeBytes > limit.maxBytes) fail(tooLarge(limit))
      else chunks.push(chunk)
    })
    request.on('end', () => {
      if (settled) return
      settled = true
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
