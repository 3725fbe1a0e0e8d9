/** What the wallet page shows as the query of its address, so that every view can be linked to and gone back to. Pure. */
import { type LedgerRow, ledgerKind } from '../../../shared/contract/console/wallet.ts'

export const views = ['balance', 'estimate', 'prices', 'ledger'] as const
export type WalletViewName = (typeof views)[number]

export type WalletAddress = {
  view: WalletViewName
  /** Null: the first circle. */
  circle: string | null
  /** Of the estimate, the price page and the ledger. */
  element: string | null
  operation: string | null
  kind: LedgerRow['kind'] | null
}

/** What is not known is left out: an address may have been typed by hand. */
export function walletAddress(search: string): WalletAddress {
  const params = new URLSearchParams(search)
  const kind = ledgerKind.safeParse(params.get('kind'))
  return {
    view: views.find((view) => view === params.get('view')) ?? 'balance',
    circle: nameOrNull(params.get('circle')),
    element: nameOrNull(params.get('element')),
    operation: nameOrNull(params.get('operation')),
    kind: kind.success ? kind.data : null,
  }
}

export function searchOfWallet({ view, circle, element, operation, kind }: WalletAddress): string {
  const params = new URLSearchParams()
  if (view !== 'balance') params.set('view', view)
  if (circle !== null) params.set('circle', circle)
  if (element !== null) params.set('element', element)
  if (operation !== null) params.set('operation', operation)
  if (kind !== null) params.set('kind', kind)
  return params.toString()
}

function nameOrNull(text: string | null): string | null {
  return text !== null && /^[a-z][a-z0-9_.-]{0,63}$/.test(text) ? text : null
}
