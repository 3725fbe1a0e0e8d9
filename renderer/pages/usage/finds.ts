import { navigate } from '../../base/address/hash-location.ts'
import { meterTexts } from '../../base/texts/meter.ts'
import { usedQuantity } from '../../components/meter/meter-scale.ts'
import type { PageFinds } from '../../components/find/page-finds.ts'
import { usageTexts } from './texts.ts'
import { writeUsageAddress } from './usage-address.ts'

export const usageFinds: PageFinds = {
  things: {
    group: usageTexts.finds.group,
    async find({ workspace, ask }) {
      const overview = await ask('overview.read', { workspaceId: workspace.id })
      return (overview?.meters ?? []).map((meter) => ({
        id: meter.id,
        label: meter.name,
        note: `${usedQuantity(meter)} ${meterTexts.ofLimit(meter)}`,
        alsoCalled: `${meter.description} ${meter.id}`,
        run: () => navigate(writeUsageAddress({ meter: meter.id, grain: 'day', running: false })),
      }))
    },
  },
}
