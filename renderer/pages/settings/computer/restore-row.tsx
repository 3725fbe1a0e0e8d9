import { GatedButton } from '../../../components/form/gated-button.tsx'
import { Term } from '../../../components/label/term.tsx'
import { ProgressBar } from '../../../components/meter/progress-bar.tsx'
import { ErrorNotice, Notice } from '../../../components/notice/notice.tsx'
import { useOfflineReason, useSyncs } from '../../../state/active-workspace.ts'
import { useLive } from '../../../state/live-store.ts'
import { useWrite } from '../../../state/reads.ts'
import { SettingRow } from '../setting-row.tsx'
import classes from '../settings.module.css'
import { settingsTexts } from '../texts.ts'

const words = settingsTexts.keys

export function RestoreRow({ workspaceId }: { workspaceId: string }) {
  return useSyncs() ? <Restore workspaceId={workspaceId} /> : <SettingRow title={words.restoreTitle} text={words.restoreNotOffered} />
}

function Restore({ workspaceId }: { workspaceId: string }) {
  const restore = useWrite('vault.restore')
  const progress = useLive((live) => live.restores[workspaceId])
  const reason = useOfflineReason()
  const running = progress?.state === 'running'
  return (
    <SettingRow
      title={words.restoreTitle}
      text={
        <>
          {words.restoreText} <Term name="envelope" />
        </>
      }
      actions={
        <GatedButton variant="default" loading={restore.isPending || running} reason={reason} onClick={() => restore.mutate({ workspaceId })}>
          {words.restore}
        </GatedButton>
      }
    >
      <div className={classes.progress}>
        {running && (
          <>
            <p role="status">{words.restoring(progress.done, progress.total)}</p>
            <ProgressBar label={words.restoreProgress} done={progress.done} total={progress.total} valueText={words.restoring(progress.done, progress.total)} />
          </>
        )}
        {progress?.state === 'done' && <Notice tone="green">{words.restored(progress.done)}</Notice>}
        {progress?.state === 'failed' && (
          <Notice tone="red" title={words.restoreFailed}>
            {progress.detail}
          </Notice>
        )}
        <ErrorNotice error={restore.error} onRetry={() => restore.mutate({ workspaceId })} />
      </div>
    </SettingRow>
  )
}
