import { paths } from '../../../shared/contract/console/pages.ts'
import { showAnchor } from '../../base/address/anchor.ts'
import { orderTexts } from '../../components/order/texts.ts'
import { upgradeReason } from '../../components/order/upgrade-reason.ts'
import { syncs } from '../../state/active-workspace.ts'
import type { PageFinds } from '../../components/find/page-finds.ts'
import { walletTexts } from './texts.ts'

const words = walletTexts.finds

export const walletFinds: PageFinds = {
  async actions({ workspace, connection, ask }) {
    if (!workspace.capabilities.includes('top_up')) return []
    const permission = (await ask('offers.read', { workspaceId: workspace.id }))?.permission
    const mayNot = permission === undefined || permission.state === 'may' ? null : permission.reason
    return [
      {
        id: 'top-up',
        label: words.topUp,
        alsoCalled: words.called,
        reason: upgradeReason(connection, syncs(workspace)) ?? mayNot,
        run: () => showAnchor(paths.wallet, orderTexts.topUp.title),
      },
    ]
  },
}
