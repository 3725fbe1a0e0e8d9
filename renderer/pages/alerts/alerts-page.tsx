import { IconBellOff } from '@tabler/icons-react'
import { Empty, ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { AsOf } from '../../components/page/as-of.tsx'
import { Page } from '../../components/page/page.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useRead } from '../../state/reads.ts'
import { AlertSection } from './alert-section.tsx'
import { FiredSection } from './fired-section.tsx'
import { NoLimits } from './no-limits.tsx'
import { alertsTexts } from './texts.ts'

export function AlertsPage() {
  const workspace = useWorkspace()
  const { data, error, refetch } = useRead('alerts.read', { workspaceId: workspace.id })
  return (
    <Page title={alertsTexts.title} lead={<AsOf>{alertsTexts.lead}</AsOf>}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.mayNot && <Notice tone="info">{data.mayNot}</Notice>}
      {data?.channels.length === 0 ? (
        <Empty icon={IconBellOff} title={alertsTexts.none}>
          {alertsTexts.noneText}
        </Empty>
      ) : (
        data && (
          <>
            {data.meters.length === 0 ? <NoLimits /> : <AlertSection workspaceId={workspace.id} kind="limits" data={data} />}
            <AlertSection workspaceId={workspace.id} kind="budgets" data={data} />
            <FiredSection workspaceId={workspace.id} channels={data.channels} />
          </>
        )
      )}
    </Page>
  )
}
