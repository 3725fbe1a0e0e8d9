import { hash } from 'node:crypto'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { Store, Unit } from '../store/store.ts'
import type { RouteEnvironment } from './environment.ts'
import { badRequest, Refusal } from './failure.ts'

export type Answer<T> = { status: 200 | 201; body: T }

/** Remembers an answer in the transaction of what it tells of, so that no crash comes between the two. */
export type Remember = (unit: Pick<Unit, 'tx' | 'now'>, answer: Answer<unknown>) => Promise<void>

/**
 * Remembers what was answered under an `Idempotency-Key`, so a repeat after a lost answer spends and creates nothing
 * again. Successes only: a refusal may be tried again with the same key once there is room.
 */
export class Idempotency {
  readonly #store: Store
  /** A repeat that comes while the first is still at work waits for it. */
  readonly #running = new Map<string, Promise<unknown>>()

  constructor(store: Store) {
    this.#store = store
  }

  async run<T>(
    context: Context<RouteEnvironment>,
    request: object,
    schema: z.ZodType<T>,
    work: (remember: Remember) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const key = context.req.header('idempotency-key')
    if (key === undefined) return await work(async () => undefined)
    if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw badRequest('Idempotency-Key must be 1 to 200 visible characters.', 'Send a UUID.')
    const { workspaceId, memberId } = context.get('signedIn')
    const place = { workspace_id: workspaceId, member_id: memberId, route: `${context.req.method} ${context.req.path}`, key }
    const name = JSON.stringify(place)
    while (this.#running.has(name)) await this.#running.get(name)?.catch(() => undefined)
    const running = this.#once(place, hash('sha256', JSON.stringify(request)), schema, work)
    this.#running.set(name, running)
    try {
      return await running
    } finally {
      this.#running.delete(name)
    }
  }

  async #once<T>(
    place: { workspace_id: string; member_id: string; route: string; key: string },
    requestSha256: string,
    schema: z.ZodType<T>,
    work: (remember: Remember) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const known = await this.#store.read
      .selectFrom('remembered_answers')
      .select(['request_sha256', 'status', 'body'])
      .where('workspace_id', '=', place.workspace_id)
      .where('member_id', '=', place.member_id)
      .where('route', '=', place.route)
      .where('key', '=', place.key)
      .executeTakeFirst()
    if (known !== undefined) {
      if (known.request_sha256 !== requestSha256) {
        throw new Refusal('idempotency_key_reused', 'This Idempotency-Key was used for another request.', 'Use a new key for a new request.')
      }
      return { status: known.status === 201 ? 201 : 200, body: schema.parse(JSON.parse(known.body)) }
    }
    let isRemembered = false
    const remember: Remember = async ({ tx, now }, { status, body }) => {
      await tx
        .insertInto('remembered_answers')
        .values({ ...place, request_sha256: requestSha256, status, body: JSON.stringify(body), created_at: now })
        .execute()
      isRemembered = true
    }
    const answer = await work(remember)
    if (!isRemembered) await this.#store.write((unit) => remember(unit, answer))
    return answer
  }
}
