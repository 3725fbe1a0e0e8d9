import { HistoryNotices } from '../../components/histories/history-notices.tsx'
import { Page } from '../../components/page/page.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { AuditSection } from './audit-section.tsx'
import { EgressSection } from './egress-section.tsx'
import { KeySection } from './key-section.tsx'
import { KnownSection } from './known-section.tsx'
import { LeavingSection } from './leaving-section.tsx'
import { honestyTexts } from './texts.ts'
import { WindowSection } from './window-section.tsx'

export function HonestyPage() {
  const workspace = useWorkspace()
  const bridge = useBridge()
  return (
    <Page title={honestyTexts.title} lead={honestyTexts.lead}>
      <HistoryNotices workspaceId={workspace.id} />
      <KnownSection workspaceId={workspace.id} />
      <AuditSection workspaceId={workspace.id} />
      <KeySection />
      {bridge.host === 'desktop' && <WindowSection />}
      <EgressSection workspaceId={workspace.id} />
      <LeavingSection />
    </Page>
  )
}
