import { IconWallet } from '@tabler/icons-react'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const walletEntry: PageEntry = {
  path: paths.wallet,
  link: { label: 'Wallet', letter: 'w', icon: IconWallet },
  capability: 'wallet',
  load: () => import('./wallet-page.tsx').then((module) => module.WalletPage),
  finds: () => import('./finds.ts').then((module) => module.walletFinds),
}
