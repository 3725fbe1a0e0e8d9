import { paths } from '../../../shared/contract/console/pages.ts'
import { openPartOn } from '../../base/address/address-part.ts'
import { showAnchor } from '../../base/address/anchor.ts'
import { texts } from '../../base/texts/texts.ts'
import { offlineReason, syncs } from '../../state/active-workspace.ts'
import type { PageFinds } from '../../components/find/page-finds.ts'
import { subKeyAnchor, subKeyName, subKeyState } from './sub-key-words.ts'
import { devicesTexts } from './texts.ts'

const words = devicesTexts.finds

export const deviceFinds: PageFinds = {
  async actions({ workspace, connection, ask }) {
    if (!syncs(workspace)) return []
    const vault = await ask('vault.status', {})
    const locked = vault?.state === 'locked' ? texts.vault.lockedTitle : null
    return [
      {
        id: 'create',
        label: words.create,
        alsoCalled: words.called,
        reason: offlineReason(connection) ?? locked,
        run: () => openPartOn(paths.devices, 'sub-key'),
      },
    ]
  },
  things: {
    group: words.group,
    async find({ workspace, ask }) {
      if (!syncs(workspace)) return []
      const subKeys = (await ask('subKeys.list', { workspaceId: workspace.id })) ?? []
      return subKeys.map((subKey) => ({
        id: subKey.id,
        label: subKeyName(subKey),
        note: subKeyState(subKey),
        alsoCalled: subKey.id,
        run: () => showAnchor(paths.devices, subKeyAnchor(subKey)),
      }))
    },
  },
}
