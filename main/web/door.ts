import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Hello } from '../../shared/contract/web-socket.ts'

/**
 * Decides which tab may talk to the engine. A launch token lets in the one browser that it was handed to, once, and is exchanged for a secret
 * that only that tab holds. Both are 256 random bits and die with the process. (A cookie would be sent by every page of any port of 127.0.0.1.)
 */
export type Door = {
  /** A new single-use token. At most `mostTokens` wait at a time; the oldest gives way. */
  issueLaunchToken(): string
  /** The tab's secret, or null: not let in. */
  enter(hello: Hello): string | null
}

const mostTokens = 16
const mostTabs = 256

/** @param random the system's secure random bytes; tests pass their own */
export function createDoor(random: (sizeBytes: number) => Buffer = randomBytes): Door {
  const launchTokens = new SecretSet(mostTokens)
  const tabSecrets = new SecretSet(mostTabs)
  const issue = (secrets: SecretSet): string => {
    const secret = random(32).toString('base64url')
    secrets.add(secret)
    return secret
  }
  return {
    issueLaunchToken: () => issue(launchTokens),
    enter(hello) {
      if ('tabSecret' in hello) return tabSecrets.has(hello.tabSecret) ? hello.tabSecret : null
      return launchTokens.take(hello.launchToken) ? issue(tabSecrets) : null
    },
  }
}

/** Equal length by hashing, then constant time: how long a comparison takes must not tell how much of a guess was right. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other))
}

class SecretSet {
  readonly #most: number
  /** Oldest first. */
  #digests: Buffer[] = []

  constructor(most: number) {
    this.#most = most
  }

  add(secret: string): void {
    this.#digests = [...this.#digests.slice(1 - this.#most), digest(secret)]
  }

  has(guess: string): boolean {
    return this.#find(guess) !== null
  }

  take(guess: string): boolean {
    const found = this.#find(guess)
    this.#digests = this.#digests.filter((known) => known !== found)
    return found !== null
  }

  /** Looks at every entry even after a match, for the same reason. */
  #find(guess: string): Buffer | null {
    const wanted = digest(guess)
    let found: Buffer | null = null
    for (const known of this.#digests) {
      if (timingSafeEqual(known, wanted)) found = known
    }
    return found
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
