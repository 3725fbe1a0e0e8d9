import { devicesTexts } from '../../app/texts/devices.ts'
import { texts } from '../../app/texts.ts'
import { AsOf } from '../../components/as-of.tsx'
import { Notice } from '../../components/notice.tsx'
import { Page } from '../../components/page.tsx'
import { VaultPrompt } from '../../components/vault-prompt.tsx'
import { useIsOnline, useSyncs, useWorkspace } from '../../state/active-workspace.ts'
import { DeviceSection } from './device-section.tsx'
import { NotOffered } from './not-offered.tsx'
import { SubKeySection } from './sub-key-section.tsx'

export function DevicesPage() {
  const workspace = useWorkspace()
  const online = useIsOnline()
  const reason = online ? null : texts.connection.offlineReason
  if (!useSyncs())
    return (
      <Page title={devicesTexts.title}>
        <NotOffered name={workspace.name} />
      </Page>
    )
  return (
    <Page title={devicesTexts.title} lead={<AsOf>{devicesTexts.lead}</AsOf>}>
      {reason && <Notice tone="amber">{reason}</Notice>}
      <VaultPrompt />
      <SubKeySection workspaceId={workspace.id} reason={reason} />
      <DeviceSection workspaceId={workspace.id} reason={reason} />
    </Page>
  )
}
