import type { CallName, CallOutput } from '../../shared/contract/console.ts'

type WalletCall = Extract<CallName, `wallet.${string}`>

/** A platform without wallets: the pages of wallets are looked at on a real console. */
export const fakeWallet: { [N in WalletCall]: () => CallOutput<N> } = {
  'wallet.read': () => ({ circles: [], wallet: null }),
  'wallet.ledger': () => ({ rows: [], next: null, total: 0 }),
  'wallet.burnDown': () => ({ days: [], perDayMicroAu: null, countedDays: 0, emptyAt: null }),
  'wallet.prices': () => null,
  'wallet.estimate': () => ({ lines: [], totalMicroAu: '0', chip: 'quiet', approvalRequired: false }),
  'wallet.run': () => ({ state: 'done', totalMicroAu: '0', balanceMicroAu: '0' }),
  'wallet.instances': () => [],
  'wallet.createInstance': () => ({ state: 'done', totalMicroAu: '0', balanceMicroAu: '0' }),
  'wallet.deleteInstance': () => ({}),
  'wallet.createCircle': () => ({}),
}
