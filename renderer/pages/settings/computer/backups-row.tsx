import { Button } from '@mantine/core'
import { format } from '../../../base/format/format.ts'
import { Moment } from '../../../components/label/moment.tsx'
import { ErrorNotice, Notice } from '../../../components/notice/notice.tsx'
import { notifyDone } from '../../../components/notice/notify.ts'
import { useRead, useWrite } from '../../../state/reads.ts'
import { SettingRow } from '../setting-row.tsx'
import classes from '../settings.module.css'
import { settingsTexts } from '../texts.ts'

const words = settingsTexts.computer

/** Copies of the outbox. Going back to one happens at the next start and keeps the file that is there now, so it can be undone until then. */
export function BackupsRow() {
  const backups = useRead('backups.list', {})
  const planned = useRead('backups.planned', {})
  const backup = useWrite('backups.create', ['backups.list'])
  const restore = useWrite('backups.restore', ['backups.planned'])
  const chosen = planned.data?.name ?? null
  return (
    <SettingRow
      title={words.backupsTitle}
      text={words.backupsNote}
      actions={
        <Button variant="default" loading={backup.isPending} onClick={() => backup.mutate({}, { onSuccess: ({ name }) => notifyDone(words.backedUp(name)) })}>
          {words.backup}
        </Button>
      }
    >
      <div className={classes.progress}>
        <ErrorNotice error={backup.error ?? backups.error ?? restore.error} />
        {chosen !== null && (
          <Notice
            tone="amber"
            title={words.restorePlanned}
            actions={
              <Button variant="default" size="compact-xs" onClick={() => restore.mutate({ name: null })}>
                {words.restoreUndo}
              </Button>
            }
          >
            {words.restorePlannedText(chosen)}
          </Notice>
        )}
        {backups.data?.length === 0 && <p className={classes.dim}>{words.backupsEmpty}</p>}
        <ul className={classes.backups}>
          {backups.data?.map((copy) => (
            <li key={copy.name}>
              <span className={classes.mono}>{copy.name}</span>
              <span className={classes.dim}>
                <Moment at={copy.at} /> · {format.bytes(copy.sizeBytes)}{' '}
                {copy.name !== chosen && (
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    aria-label={words.restoreOf(copy.name)}
                    loading={restore.isPending && restore.variables.name === copy.name}
                    onClick={() => restore.mutate({ name: copy.name })}
                  >
                    {words.restore}
                  </Button>
                )}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </SettingRow>
  )
}
