import type { Account } from '../meter/accounts/account.ts'
import type { Unit } from '../store/store.ts'

/** Under which name and e-mail a workspace is a customer. */
export type Customer = { email: string | null; name: string }

export async function customerOf(unit: Unit, { workspace }: Account): Promise<Customer> {
  const rows = await unit.tx
    .selectFrom('settings')
    .select(['key', 'value'])
    .where('workspace_id', '=', workspace.id)
    .where('key', 'in', ['billing_email', 'org_name'])
    .execute()
  const settings = new Map(rows.map(({ key, value }) => [key, value]))
  return { email: settings.get('billing_email') ?? null, name: settings.get('org_name') ?? workspace.name }
}
