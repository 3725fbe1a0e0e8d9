import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import { dayOf } from '../../../shared/billing/cost-day.ts'
import { CREATION } from '../../../shared/billing/price-book.ts'
import { capLines } from '../../../shared/billing/wallet.ts'
import { notFound, type Refusal } from '../http/failure.ts'
import type { Unit } from '../store/store.ts'
import type { InstancesTable } from '../store/wallet-tables.ts'
import { admit } from './admission.ts'
import type { Circle } from './circle.ts'
import { type Cost, costOf, ledgerDebits } from './costs.ts'
import { announceInstance } from './documents.ts'
import { writeLines } from './ledger.ts'

type InstanceRow = Selectable<InstancesTable>

/** Makes an instance of an element and charges its creation. @returns what was made, or why it is refused. */
export async function createInstance(
  unit: Unit,
  circle: Circle,
  wanted: { element: string; name: string | undefined; memberId: string; approvalId: string | null },
): Promise<{ instance: InstanceRow; cost: Cost } | Refusal> {
  const { element, memberId, approvalId } = wanted
  const operation = { element, operation: CREATION.operation, quantities: { [CREATION.dimension]: 1 } }
  const cost = costOf(circle.book, operation)
  const refusal = await admit(unit, circle, { ...operation, memberId, approvalId, instanceId: null, reserve: false }, cost)
  if (refusal !== null) return refusal
  const instance: InstanceRow = {
    id: randomUUID(),
    circle_id: circle.id,
    element,
    name: wanted.name ?? circle.book.elements.find(({ id }) => id === element)?.name ?? element,
    created_at: unit.now,
    deleted_at: null,
    suspended_at: null,
    charged_day: dayOf(unit.now),
  }
  await unit.tx.insertInto('instances').values(instance).execute()
  await writeLines(unit, circle, ledgerDebits(operation, capLines(cost.lines, cost.totalMicroAu), { instance_id: instance.id, member_id: memberId }))
  announceInstance(unit, circle, instance)
  return { instance, cost }
}

/** Deleting is free, and again it is the same. What was charged stays charged. @throws Refusal 404. */
export async function deleteInstance(unit: Unit, circle: Circle, id: string): Promise<InstanceRow> {
  const known = await unit.tx.selectFrom('instances').selectAll().where('id', '=', id).where('circle_id', '=', circle.id).executeTakeFirst()
  if (known === undefined) throw notFound('instance with this id', 'List the instances with GET /api/{circle}/instances.')
  if (known.deleted_at !== null) return known
  const deleted: InstanceRow = { ...known, deleted_at: unit.now }
  await unit.tx.updateTable('instances').set({ deleted_at: unit.now }).where('id', '=', id).execute()
  announceInstance(unit, circle, deleted)
  return deleted
}
