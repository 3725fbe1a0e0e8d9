import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import type { planRequestDocument } from '../../../shared/contract/platform/purchase.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { isoTime } from '../clock.ts'
import type { SignedIn } from '../http/environment.ts'
import { notFound, Refusal } from '../http/failure.ts'
import type { PurchaseTables } from '../store/purchase-tables.ts'
import type { Unit } from '../store/store.ts'

type RequestRow = Selectable<PurchaseTables['plan_requests']>
export type PlanRequest = z.output<typeof planRequestDocument>

const SHOWN = 100

/** Somebody asks for a plan; the others of the tenant hear of it through the feed. */
export async function insertRequest(
  unit: Unit,
  workspaceId: string,
  { planId, note, memberId }: { planId: string; note: string; memberId: string },
): Promise<PlanRequest> {
  const row = await unit.tx
    .insertInto('plan_requests')
    .values({
      id: randomUUID(),
      workspace_id: workspaceId,
      plan_id: planId,
      note,
      status: 'pending',
      requested_by: memberId,
      created_at: unit.now,
      decided_by: null,
      decided_at: null,
      answer: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await writeAudit(unit, { workspaceId, actor: memberId, action: 'plan.request', target: `plan:${planId}`, metadata: { request: row.id, note } })
  return await announce(unit, row)
}

/** @throws Refusal 404, or 409 where it has been decided already. */
export async function readRequest(unit: Unit, workspaceId: string, id: string): Promise<RequestRow> {
  const row = await unit.tx.selectFrom('plan_requests').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw notFound('plan request with this id', 'List the requests with GET /api/billing/plan-requests.')
  if (row.status !== 'pending') throw alreadyDecided(row.status)
  return row
}

/** @throws Refusal 409 where somebody else was quicker. */
export async function decideRequest(
  unit: Unit,
  { memberId }: SignedIn,
  id: string,
  { status, answer }: { status: 'approved' | 'declined'; answer: string | null },
): Promise<PlanRequest> {
  const row = await unit.tx
    .updateTable('plan_requests')
    .set({ status, answer, decided_by: memberId, decided_at: unit.now })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw alreadyDecided('decided')
  const action = status === 'approved' ? 'plan.request_approve' : 'plan.request_decline'
  await writeAudit(unit, {
    workspaceId: row.workspace_id,
    actor: memberId,
    action,
    target: `plan:${row.plan_id}`,
    metadata: { request: id, answer: answer ?? '' },
  })
  return await announce(unit, row)
}

export async function pendingRequest(unit: Unit, workspaceId: string): Promise<RequestRow | undefined> {
  return await unit.tx.selectFrom('plan_requests').selectAll().where('workspace_id', '=', workspaceId).where('status', '=', 'pending').executeTakeFirst()
}

export async function readRequests(unit: Unit, workspaceId: string): Promise<PlanRequest[]> {
  const rows = await unit.tx
    .selectFrom('plan_requests')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(SHOWN)
    .execute()
  return await Promise.all(rows.map((row) => documentOf(unit, row)))
}

async function announce(unit: Unit, row: RequestRow): Promise<PlanRequest> {
  const document = await documentOf(unit, row)
  unit.changes.put({ workspaceId: row.workspace_id, topic: 'plan_request', id: row.id, body: document })
  return document
}

async function documentOf(unit: Unit, row: RequestRow): Promise<PlanRequest> {
  const { decided_by: decidedBy, decided_at: decidedAt } = row
  return {
    id: row.id,
    plan: row.plan_id,
    note: row.note,
    status: row.status,
    requested_by: await memberNamed(unit, row.requested_by),
    created_at: isoTime(row.created_at),
    decided_by: decidedBy === null ? null : await memberNamed(unit, decidedBy),
    decided_at: decidedAt === null ? null : isoTime(decidedAt),
    answer: row.answer,
  }
}

async function memberNamed({ tx }: Unit, id: string): Promise<{ id: string; name: string }> {
  return await tx.selectFrom('members').select(['id', 'name']).where('id', '=', id).executeTakeFirstOrThrow()
}

function alreadyDecided(status: string): Refusal {
  return new Refusal('already_decided', `This request is ${status} already.`, 'List the requests to see by whom.')
}
