import type { Account } from '../meter/accounts/account.ts'
import { customerOf } from './customer.ts'
import type { Unit } from '../store/store.ts'
import { COUNTRY_SETTING } from './payment-methods.ts'

/** What a workspace sets for its invoices, beside its name, its e-mail address and its country. */
export const BUYER_SETTINGS = { address: 'billing_address', taxId: 'billing_tax_id' } as const

/** Who stands on an invoice. What is not set is left out. */
export type Party = { readonly name: string; readonly address: readonly string[]; readonly taxId: string | null; readonly email: string | null }

/** From the platform's own settings (`payment.yaml` of its catalog). */
export function sellerOf({ catalog }: Pick<Account, 'catalog'>): Party {
  const { seller } = catalog
  return { name: seller?.name ?? catalog.name, address: seller?.address ?? [], taxId: seller?.taxId ?? null, email: null }
}

/** From the workspace's settings, as they are now. */
export async function buyerOf(unit: Unit, account: Account): Promise<Party> {
  const { name, email } = await customerOf(unit, account)
  const rows = await unit.tx
    .selectFrom('settings')
    .select(['key', 'value'])
    .where('workspace_id', '=', account.workspace.id)
    .where('key', 'in', [...Object.values(BUYER_SETTINGS), COUNTRY_SETTING])
    .execute()
  const set = (key: string): string | null => rows.find((row) => row.key === key && row.value !== '')?.value ?? null
  const country = set(COUNTRY_SETTING)
  return {
    name,
    address: [set(BUYER_SETTINGS.address), country === null ? null : countryName(country)].filter((line) => line !== null),
    taxId: set(BUYER_SETTINGS.taxId),
    email,
  }
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' })

function countryName(code: string): string {
  return countryNames.of(code) ?? code
}
