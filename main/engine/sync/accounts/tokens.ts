import type { SecretStore } from '../../../bridge/messages.ts'

/**
 * The workspaces' tokens. They lie in the host's secret store alone; what was read once is remembered for the life of
 * the engine, because every request needs one and the host may be busy with its window.
 */
export class Tokens {
  readonly #secrets: SecretStore
  readonly #known = new Map<string, string>()

  constructor(secrets: SecretStore) {
    this.#secrets = secrets
  }

  async read(workspaceId: string): Promise<string | null> {
    const known = this.#known.get(workspaceId)
    if (known !== undefined) return known
    const stored = await this.#secrets.get(secretKey(workspaceId))
    if (stored !== null) this.#known.set(workspaceId, stored)
    return stored
  }

  /** Resolves when the token is safe in the secret store; only then it is used. */
  async write(workspaceId: string, token: string): Promise<void> {
    await this.#secrets.set(secretKey(workspaceId), token)
    this.#known.set(workspaceId, token)
  }

  async forget(workspaceId: string): Promise<void> {
    this.#known.delete(workspaceId)
    await this.#secrets.set(secretKey(workspaceId), null)
  }
}

function secretKey(workspaceId: string): string {
  return `token/${workspaceId}`
}
