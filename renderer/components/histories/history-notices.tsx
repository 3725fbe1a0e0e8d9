import { Button } from '@mantine/core'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Histories } from '../../../shared/contract/console/histories.ts'
import { withPart } from '../../base/address/address-part.ts'
import { format } from '../../base/format/format.ts'
import { useOfflineReason } from '../../state/active-workspace.ts'
import { useToday } from '../../state/now.ts'
import { useRead, useWrite } from '../../state/reads.ts'
import { GatedButton } from '../form/gated-button.tsx'
import { ErrorNotice, Notice } from '../notice/notice.tsx'
import { historyTexts } from './texts.ts'

/** Where more than one history of an account matters: what a platform lost, and what another computer sealed. */
export function HistoryNotices({ workspaceId }: { workspaceId: string }) {
  const { data } = useRead('histories.read', { workspaceId })
  return (
    <>
      {data?.wentBack && <WentBack workspaceId={workspaceId} wentBack={data.wentBack} />}
      {data?.foreign && <Foreign workspaceId={workspaceId} foreign={data.foreign} />}
    </>
  )
}

function WentBack({ workspaceId, wentBack }: { workspaceId: string; wentBack: NonNullable<Histories['wentBack']> }) {
  const dismiss = useWrite('histories.dismiss', ['histories.read'])
  const today = useToday()
  const words = historyTexts.wentBack
  return (
    <>
      <Notice
        tone="amber"
        title={words.title(wentBack.to === null ? null : format.moment(wentBack.to, today))}
        actions={
          !wentBack.comparing && (
            <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate({ workspaceId, what: 'went_back' })}>
              {historyTexts.dismiss}
            </Button>
          )
        }
      >
        {wentBack.comparing ? words.comparing : words.text(wentBack.again, wentBack.gone)}
      </Notice>
      <ErrorNotice error={dismiss.error} />
    </>
  )
}

function Foreign({ workspaceId, foreign }: { workspaceId: string; foreign: NonNullable<Histories['foreign']> }) {
  const dismiss = useWrite('histories.dismiss', ['histories.read'])
  const restore = useWrite('vault.restore', ['histories.read'])
  const [, navigate] = useLocation()
  const reason = useOfflineReason()
  const words = historyTexts.foreign
  return (
    <>
      <Notice
        tone="info"
        title={words.title(foreign.count)}
        actions={
          <>
            {foreign.needs === 'key' ? (
              <Button onClick={() => navigate(withPart(paths.settings, 'bring-key', 'open'))}>{words.bringKey}</Button>
            ) : (
              <GatedButton loading={restore.isPending} reason={reason} onClick={() => restore.mutate({ workspaceId })}>
                {words.fetchNow}
              </GatedButton>
            )}
            <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate({ workspaceId, what: 'foreign' })}>
              {historyTexts.notNow}
            </Button>
          </>
        }
      >
        {foreign.needs === 'key' ? words.key : words.fetch}
      </Notice>
      <ErrorNotice error={restore.error ?? dismiss.error} />
    </>
  )
}
