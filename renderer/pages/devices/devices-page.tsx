import { VaultPrompt } from '../../components/form/vault-prompt.tsx'
import { Notice } from '../../components/notice/notice.tsx'
import { AsOf } from '../../components/page/as-of.tsx'
import { Page } from '../../components/page/page.tsx'
import { useOfflineReason, useSyncs, useWorkspace } from '../../state/active-workspace.ts'
import { DeviceSection } from './device-section.tsx'
import { NotOffered } from './not-offered.tsx'
import { SubKeySection } from './sub-key-section.tsx'
import { devicesTexts } from './texts.ts'

export function DevicesPage() {
  const workspace = useWorkspace()
  const reason = useOfflineReason()
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
