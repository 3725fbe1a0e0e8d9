import { dayOf } from '../../../shared/billing/cost-day.ts'
import type { PriceBook } from '../../../shared/billing/price-book.ts'
import { notFound, Refusal } from '../http/failure.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { Unit } from '../store/store.ts'
import type { Circle } from './circle.ts'
import { announcePrices, announceWallet } from './documents.ts'
import { writeLines } from './ledger.ts'

/** Names that are the first part of other paths. */
const RESERVED_NAMES: readonly string[] = ['billing', 'circles']

/** Makes a circle; its wallet exists from the same moment. @throws Refusal where the platform has no wallets or the name is taken. */
export async function createCircle(unit: Unit, account: Account, circle: { id: string; name: string }): Promise<Circle> {
  const book = priceBook(account)
  const known = await unit.tx.selectFrom('circles').select('id').where('id', '=', circle.id).executeTakeFirst()
  if (known !== undefined || RESERVED_NAMES.includes(circle.id))
    throw new Refusal('circle_name_taken', `The name ${circle.id} is taken.`, 'Choose another name.')
  await unit.tx
    .insertInto('circles')
    .values({ ...circle, workspace_id: account.workspace.id, created_at: unit.now })
    .execute()
  const wallet = await unit.tx
    .insertInto('wallets')
    .values({ circle_id: circle.id, existence_day: dayOf(unit.now) })
    .returningAll()
    .executeTakeFirstOrThrow()
  const made = { ...circle, createdAt: unit.now, account, book, hardWall: hasHardWall(account), wallet }
  announcePrices(unit, made)
  if (book.policy.openingMicroAu > 0n) await writeLines(unit, made, [{ kind: 'opening', amountMicroAu: book.policy.openingMicroAu }])
  else await announceWallet(unit, made)
  return made
}

/** @throws Refusal 404 for a circle that is not there, or another tenant's: whether it exists is nobody else's business. */
export async function readCircle(unit: Unit, account: Account, id: string): Promise<Circle> {
  const row = await unit.tx.selectFrom('circles').selectAll().where('id', '=', id).where('workspace_id', '=', account.workspace.id).executeTakeFirst()
  if (row === undefined) throw notFound(`circle ${id}`, 'Create it with POST /api/circles, or look at the name.')
  return await withWallet(unit, account, row)
}

/** All circles of a workspace, the oldest first: that one takes its top-ups. */
export async function circlesOf(unit: Unit, account: Account): Promise<Circle[]> {
  const rows = await unit.tx.selectFrom('circles').selectAll().where('workspace_id', '=', account.workspace.id).orderBy('created_at').orderBy('id').execute()
  const circles: Circle[] = []
  for (const row of rows) circles.push(await withWallet(unit, account, row))
  return circles
}

async function withWallet(
  unit: Unit,
  account: Account,
  { id, name, created_at: createdAt }: { id: string; name: string; created_at: number },
): Promise<Circle> {
  const wallet = await unit.tx.selectFrom('wallets').selectAll().where('circle_id', '=', id).executeTakeFirstOrThrow()
  return { id, name, createdAt, account, book: priceBook(account), hardWall: hasHardWall(account), wallet }
}

function hasHardWall({ plan }: Account): boolean {
  return plan.hardWall === true
}

/** @throws Refusal 404 `wallet_unavailable`. */
export function priceBook({ catalog }: Account): PriceBook {
  if (catalog.pricing === undefined)
    throw new Refusal('wallet_unavailable', 'This platform has no wallets.', 'What is used here is counted by meters: see /api/billing/usage.')
  return catalog.pricing
}
