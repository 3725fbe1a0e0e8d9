import { z } from 'zod'
import { refusalCode } from '../../../shared/billing/catalog.ts'
import type { ItemCode, MeterCode } from '../../../shared/contract/errors.ts'
import { describeIssues } from '../../../shared/contract/issue-words.ts'
import { describeEventProblem } from '../../../shared/contract/platform/event-problem.ts'
import { USAGE_MAX_EVENTS, usageEvent, usageEventsRequest, usageEventsResponse } from '../../../shared/contract/platform/usage.ts'
import { writeReachedLimit } from '../audit/quota-refusals.ts'
import { limitBody } from '../http/door.ts'
import { makeRoutes, type Routes } from '../http/environment.ts'
import { badRequest, Refusal } from '../http/failure.ts'
import { accountFor } from '../permissions/permission.ts'
import { readJson } from '../http/read-json.ts'
import { jsonAnswer, jsonBody, refusals, security } from '../http/route.ts'
import { counterOf, requireSubscription } from '../meter/accounts/account.ts'
import { recordUsage } from '../meter/usage/record-usage.ts'
import type { UsageEvent, UsageOutcome } from '../meter/usage/usage-event.ts'
import { wireToEvent } from '../meter/usage/wire-event.ts'
import type { Platform } from '../platform.ts'

export const USAGE_EVENTS_PATH = '/v1/usage/events'
/** A thousand events of a kilobyte each, and room for their list. */
const BODY_MAX_BYTES = (USAGE_MAX_EVENTS + 64) * 1024

type Refused = { id: string; code: ItemCode | MeterCode; message: string }
/** Refused for its form, or on its way into the book. */
type Checked = { refused: Refused } | { event: UsageEvent }

/** Metered events, idempotent on (source, id). The batch is read by hand: one malformed event is refused alone. */
export function usageEventRoutes(platform: Platform): Routes {
  const routes = makeRoutes()
  routes.openAPIRegistry.registerPath({
    method: 'post',
    path: USAGE_EVENTS_PATH,
    summary: 'Record what was used; a pair of source and id counts once',
    security,
    request: { body: jsonBody(usageEventsRequest) },
    responses: { 200: jsonAnswer(usageEventsResponse, 'How many counted, and which did not, with the reason'), ...refusals },
  })
  routes.post(USAGE_EVENTS_PATH, limitBody(BODY_MAX_BYTES), async (context) => {
    const signedIn = context.get('signedIn')
    const checked = eventsOf(await readJson(context)).map(checkEvent)
    const answer = await platform.store.write(async (unit) => {
      const account = await accountFor(unit, signedIn, 'view_usage')
      requireSubscription(account)
      const outcomes = await recordUsage(
        unit,
        account,
        checked.flatMap((one) => ('event' in one ? [one.event] : [])),
      )
      for (const [meterId, message] of fullMeters(outcomes)) {
        const { used, quota_limit: limit } = counterOf(account, { id: meterId })
        await writeReachedLimit(unit, signedIn.workspaceId, signedIn.memberId, {
          code: refusalCode({ id: meterId }),
          meter: meterId,
          used,
          limit,
          reason: message,
        })
      }
      return summarise(checked, outcomes)
    })
    return context.json(answer, 200)
  })
  return routes
}

function eventsOf(body: unknown): readonly unknown[] {
  const parsed = z.strictObject({ events: z.array(z.unknown()).min(1) }).safeParse(body)
  if (!parsed.success) throw badRequest(describeIssues(parsed.error), 'Send { "events": [ … ] } as /openapi.json describes it.')
  const { events } = parsed.data
  if (events.length > USAGE_MAX_EVENTS) throw new Refusal('too_many_events', `A batch carries at most ${USAGE_MAX_EVENTS} events.`, 'Split the batch.')
  return events
}

function checkEvent(item: unknown, index: number): Checked {
  const parsed = usageEvent.safeParse(item)
  if (parsed.success) return { event: wireToEvent(parsed.data) }
  return { refused: { id: nameOf(item, index), ...problemOf(item, parsed.error) } }
}

/** A number that is whole and too large to be exact says so, before any other complaint: whoever measures bytes meets it first. */
function problemOf(item: unknown, error: z.ZodError): Omit<Refused, 'id'> {
  const said = z.looseObject({ quantity: z.unknown().optional(), reading: z.unknown().optional() }).safeParse(item)
  const amount = said.success ? (said.data.quantity ?? said.data.reading) : undefined
  if (typeof amount === 'number' && amount > Number.MAX_SAFE_INTEGER) return { code: 'too_large', message: 'The quantity is more than can be counted exactly.' }
  return { code: 'invalid_event', message: `${describeEventProblem(error)}.` }
}

function summarise(checked: readonly Checked[], outcomes: readonly UsageOutcome[]): z.output<typeof usageEventsResponse> {
  let next = 0
  const refused: Refused[] = []
  let accepted = 0
  let duplicates = 0
  for (const one of checked) {
    if ('refused' in one) {
      refused.push(one.refused)
      continue
    }
    const outcome = outcomes[next++]
    if (outcome?.status === 'accepted') accepted += 1
    else if (outcome?.status === 'duplicate') duplicates += 1
    else if (outcome !== undefined) refused.push({ id: one.event.identity?.id ?? '', code: outcome.code, message: outcome.message })
  }
  return { accepted, duplicates, refused }
}

/** The meters that had no room, each with the first refusal's words. */
function fullMeters(outcomes: readonly UsageOutcome[]): Map<string, string> {
  const full = new Map<string, string>()
  for (const outcome of outcomes)
    if (outcome.status === 'refused' && outcome.meter !== undefined && !full.has(outcome.meter)) full.set(outcome.meter, outcome.message)
  return full
}

/** How an event that has no id of its own is named in the answer. */
function nameOf(item: unknown, index: number): string {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined
  return typeof id === 'string' && id !== '' && id.length <= 128 ? id : `#${index}`
}
