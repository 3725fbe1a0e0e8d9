import { ConsoleFailure } from '../base/failure.ts'

export type Upload = {
  receivedBytes(): number
  /** We do not read at the moment: that no byte comes is not the writer's doing. */
  waitsForUs(): boolean
  end(failure: ConsoleFailure): void
}

/**
 * Ends uploads of which no byte came for a while. Looked at in turns instead of a timer for each: nearly every body is there
 * whole within a millisecond, and must not pay for one.
 */
export class StalledUploads {
  readonly #afterMs: number
  readonly #seen = new Map<Upload, { bytes: number; at: number }>()
  #timer: NodeJS.Timeout | null = null

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  /** Returns the function that ends the watch. */
  watch(upload: Upload): () => void {
    this.#seen.set(upload, { bytes: -1, at: 0 })
    this.#timer ??= setInterval(() => this.#look(performance.now()), Math.min(500, this.#afterMs / 4)).unref()
    return () => this.#seen.delete(upload)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #look(now: number): void {
    if (this.#seen.size === 0) return this.stop()
    for (const [upload, seen] of this.#seen) {
      const bytes = upload.receivedBytes()
      if (bytes !== seen.bytes || upload.waitsForUs()) this.#seen.set(upload, { bytes, at: now })
      else if (now - seen.at >= this.#afterMs) upload.end(this.#failure())
    }
  }

  #failure(): ConsoleFailure {
    return new ConsoleFailure(
      'request_timeout',
      `No byte of the body came for ${this.#afterMs / 1000} seconds. Nothing was stored.`,
      'Send it again, without pauses.',
    )
  }
}
