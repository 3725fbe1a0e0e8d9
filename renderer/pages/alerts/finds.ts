import { paths } from '../../../shared/contract/console/pages.ts'
import { openPartOn } from '../../base/address/address-part.ts'
import type { PageFinds } from '../../components/find/page-finds.ts'
import { alertsTexts } from './texts.ts'

const words = alertsTexts.finds

export const alertFinds: PageFinds = {
  async actions({ workspace, ask }) {
    const alerts = await ask('alerts.read', { workspaceId: workspace.id })
    // A platform that tells nobody anything takes no budgets.
    if (alerts === null || alerts.channels.length === 0) return []
    const isNothingWatched = alerts.meters.length === 0 && !workspace.capabilities.includes('costs')
    return [
      {
        id: 'budget',
        label: words.addBudget,
        alsoCalled: words.called,
        reason: alerts.mayNot ?? (isNothingWatched ? alertsTexts.budgets.nothing : null),
        run: () => openPartOn(paths.alerts, 'budget'),
      },
    ]
  },
}
