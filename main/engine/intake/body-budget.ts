/**
 * Bytes of bodies that all requests under way may hold together. What came counts, not what was announced: an upload that
 * stands still takes no room from others. No key takes more than half, so that one agent cannot shut the others out.
 *
 * The oldest body of all, and the oldest of each key as far as its key is concerned, is never made to wait, and room for one
 * body is kept free for it: whatever the others hold, there is always one that can be finished, and then the next.
 */
export type BodyBudgetSizes = {
  wholeBytes: number
  /** The largest body that is taken. */
  bodyMaxBytes: number
}

export type BodyShare = {
  /** False: the next bytes should not be read before `goOn` is called. */
  add(sizeBytes: number, goOn: () => void): boolean
  /** The bytes are held no longer. */
  close(): void
}

type Share = { key: string; heldBytes: number; goOn: (() => void) | null }

export class BodyBudget {
  readonly #wholeBytes: number
  readonly #keyBytes: number
  readonly #bodyMaxBytes: number
  /** Both in the order in which the bodies began. */
  readonly #shares = new Set<Share>()
  readonly #sharesOfKey = new Map<string, { heldBytes: number; shares: Set<Share> }>()
  #heldBytes = 0
  #waitingCount = 0

  constructor({ wholeBytes, bodyMaxBytes }: BodyBudgetSizes) {
    this.#wholeBytes = wholeBytes
    this.#keyBytes = Math.floor(wholeBytes / 2)
    this.#bodyMaxBytes = bodyMaxBytes
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  open(key: string): BodyShare {
    const share: Share = { key, heldBytes: 0, goOn: null }
    this.#shares.add(share)
    const ofKey = this.#sharesOfKey.get(key) ?? { heldBytes: 0, shares: new Set<Share>() }
    ofKey.shares.add(share)
    this.#sharesOfKey.set(key, ofKey)
    return {
      add: (sizeBytes, goOn) => {
        share.heldBytes += sizeBytes
        ofKey.heldBytes += sizeBytes
        this.#heldBytes += sizeBytes
        if (this.#mayGoOn(share)) return true
        if (share.goOn === null) this.#waitingCount += 1
        share.goOn = goOn
        return false
      },
      close: () => {
        if (!this.#shares.delete(share)) return
        if (share.goOn !== null) this.#waitingCount -= 1
        this.#heldBytes -= share.heldBytes
        ofKey.heldBytes -= share.heldBytes
        ofKey.shares.delete(share)
        if (ofKey.shares.size === 0) this.#sharesOfKey.delete(key)
        if (this.#waitingCount > 0) this.#goOn()
      },
    }
  }

  #mayGoOn(share: Share): boolean {
    const ofKey = this.#sharesOfKey.get(share.key)
    if (ofKey === undefined) return true
    const keyHasRoom = first(ofKey.shares) === share || ofKey.heldBytes <= this.#keyBytes - this.#bodyMaxBytes
    const wholeHasRoom = first(this.#shares) === share || this.#heldBytes <= this.#wholeBytes - this.#bodyMaxBytes
    return keyHasRoom && wholeHasRoom
  }

  /** In their order; each that goes on asks again with its next bytes. */
  #goOn(): void {
    for (const share of this.#shares) {
      if (share.goOn === null || !this.#mayGoOn(share)) continue
      const { goOn } = share
      share.goOn = null
      this.#waitingCount -= 1
      goOn()
    }
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value
}
