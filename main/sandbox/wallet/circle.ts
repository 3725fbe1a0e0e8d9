import type { Selectable } from 'kysely'
import type { PriceBook } from '../../../shared/billing/price-book.ts'
import type { Account } from '../meter/accounts/account.ts'
import type { WalletsTable } from '../store/wallet-tables.ts'

/** A circle with its wallet as one transaction sees it. `wallet` follows what that transaction writes. */
export type Circle = {
  id: string
  name: string
  createdAt: number
  account: Account
  book: PriceBook
  /** Over-budget operations are refused. (seed: triform, freemium) */
  hardWall: boolean
  wallet: Selectable<WalletsTable>
}

/** What is not held back for runs that have begun. */
export function availableMicroAu({ wallet }: Circle): bigint {
  return BigInt(wallet.balance_micro_au) - BigInt(wallet.held_micro_au)
}
