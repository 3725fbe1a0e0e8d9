import { paths } from '../../../shared/contract/console/pages.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { notifyDone, notifyFailed } from '../../components/notice/notify.ts'
import { openPortal } from '../../components/order/open-portal.ts'
import { upgradeReason } from '../../components/order/upgrade-reason.ts'
import { offlineReason, syncs } from '../../state/active-workspace.ts'
import { unwrap } from '../../state/bridge/call-error.ts'
import type { FindContext, PageFinds } from '../../components/find/page-finds.ts'
import { plansTexts } from './texts.ts'

const words = plansTexts.finds

export const planFinds: PageFinds = {
  async actions(context) {
    const { workspace, connection } = context
    // What each plan would release is worked out on this computer: the page is worth a look offline too.
    const upgrade = {
      id: 'upgrade',
      label: words.upgrade,
      alsoCalled: words.upgradeCalled,
      note: upgradeReason(connection, syncs(workspace)) ?? '',
      run: () => navigate(paths.upgrade),
    }
    const portal = {
      id: 'portal',
      label: words.portal,
      alsoCalled: words.portalCalled,
      reason: offlineReason(connection),
      run: () => void showPortal(context).catch(notifyFailed),
    }
    return workspace.capabilities.includes('portal') ? [upgrade, portal] : [upgrade]
  },
}

async function showPortal({ bridge, workspace }: FindContext): Promise<void> {
  const { blockedUrl } = unwrap(await openPortal(bridge, workspace.id))
  if (blockedUrl === null) return
  navigate(paths.plans)
  notifyDone(words.portalBlocked)
}
