import { PUSH_MAX_BYTES, PUSH_MAX_ENVELOPES, pushRequest, pushResponse } from '../../../shared/contract/platform.ts'
import { limitBody, PUSH_BODY_MAX_BYTES } from '../http/door.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { badRequest, Refusal } from '../http/failure.ts'
import { requireSync } from '../permissions/permission.ts'
import { readJson } from '../http/read-json.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { isUuid } from '../meter/envelopes/envelope-check.ts'
import { requireSubscription } from '../meter/accounts/account.ts'
import { openAccount } from '../meter/open-account.ts'
import { type PushRequest, takePush } from '../meter/envelopes/push.ts'
import type { Platform } from '../platform.ts'

/**
 * The push is described with the contract's schema and read by hand: one malformed envelope makes that item `invalid`
 * and not the whole batch, and nothing is parsed twice on the path that carries the data.
 */
export function pushRoutes(platform: Platform): Routes {
  const routes = makeRoutes()
  routes.openAPIRegistry.registerPath({
    method: 'post',
    path: '/v1/sync/push',
    summary: 'Deliver sealed envelopes; what does not fit is refused as a suffix of the batch',
    security,
    request: { body: jsonBody(pushRequest) },
    responses: { 200: jsonAnswer(pushResponse, 'What became of each envelope'), ...refusals },
  })
  routes.post('/v1/sync/push', limitBody(PUSH_BODY_MAX_BYTES), async (context) => {
    const { workspaceId, memberId } = context.get('signedIn')
    const request = { memberId, ...readRequest(await readJson(context)) }
    const outcome = await platform.store.write(async (unit) => {
      const account = await openAccount(unit, workspaceId)
      requireSync(account)
      requireSubscription(account)
      return takePush(unit, account, platform.envelopeRows, request)
    })
    if (outcome instanceof Refusal) throw outcome
    return context.json(outcome, 200)
  })
  return routes
}

/** The batch as a whole; its items are checked one by one later. @throws Refusal 400 or 413. */
function readRequest(body: unknown): Omit<PushRequest, 'memberId'> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed('the body must be an object')
  const { device_id: deviceId, session_id: sessionId, envelopes, ...rest } = body as Record<string, unknown>
  const [unknownField] = Object.keys(rest)
  if (unknownField !== undefined) throw malformed(`${unknownField.slice(0, 64)} is not a field of a push`)
  if (!isUuid(deviceId)) throw malformed('device_id must be a UUID')
  if (sessionId !== null && !isUuid(sessionId)) throw malformed('session_id must be a UUID or null')
  if (!Array.isArray(envelopes) || envelopes.length === 0) throw malformed('envelopes must be a list of at least one')
  if (envelopes.length > PUSH_MAX_ENVELOPES) {
    throw new Refusal('too_many_envelopes', `A push carries at most ${PUSH_MAX_ENVELOPES} envelopes.`, 'Split the batch.')
  }
  if (envelopes.length > 1 && ciphertextBytes(envelopes) > PUSH_MAX_BYTES) {
    throw new Refusal(
      'push_too_large',
      `A push of several envelopes carries at most ${PUSH_MAX_BYTES} bytes of ciphertext.`,
      'Split the batch; a large envelope travels alone.',
    )
  }
  return { deviceId, sessionId, items: envelopes }
}

/** By the length of the base64, before any of it is decoded. */
function ciphertextBytes(envelopes: readonly unknown[]): number {
  let bytes = 0
  for (const item of envelopes) {
    const ciphertext: unknown = typeof item === 'object' && item !== null && 'ciphertext' in item ? item.ciphertext : undefined
    if (typeof ciphertext === 'string') bytes += Math.floor((ciphertext.length * 3) / 4) - (ciphertext.endsWith('==') ? 2 : ciphertext.endsWith('=') ? 1 : 0)
  }
  return bytes
}

function malformed(what: string): Refusal {
  return badRequest(`The push is malformed: ${what}.`, 'Compare the request with /openapi.json.')
}
