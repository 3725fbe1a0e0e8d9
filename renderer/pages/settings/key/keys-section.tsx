import { Button } from '@mantine/core'
import { useState } from 'react'
import { useDialogPart } from '../../../base/address/address-part.ts'
import { format } from '../../../base/format/format.ts'
import { texts } from '../../../base/texts/texts.ts'
import { GatedButton } from '../../../components/form/gated-button.tsx'
import { UnlockForm } from '../../../components/form/unlock-form.tsx'
import { ErrorNotice } from '../../../components/notice/notice.tsx'
import { Section } from '../../../components/page/page.tsx'
import { useToday } from '../../../state/now.ts'
import { useRead, useWrite } from '../../../state/reads.ts'
import { RestoreRow } from '../computer/restore-row.tsx'
import { SettingRow } from '../setting-row.tsx'
import classes from '../settings.module.css'
import { settingsTexts } from '../texts.ts'
import { BackupDialog } from './backup-dialog.tsx'
import { ImportBackupDialog } from './import-backup-dialog.tsx'
import { PassphraseDialog, type PassphraseTask } from './passphrase-dialog.tsx'

const words = settingsTexts.keys

export function KeysSection({ workspaceId }: { workspaceId: string }) {
  const { data: vault, error, refetch } = useRead('vault.status', {})
  const lock = useWrite('vault.lock', ['vault.status'])
  const today = useToday()
  const [task, setTask] = useState<PassphraseTask | null>(null)
  const backup = useDialogPart('backup')
  const importing = useDialogPart('bring-key')
  const locked = vault?.state === 'locked'
  const lockedReason = locked ? texts.vault.lockedTitle : null
  return (
    <Section title={words.title} note={words.note}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {vault && (
        <div className={classes.rows}>
          <SettingRow
            title={`${words.stateLabel}: ${words.state[vault.state]}`}
            text={`${words.protectedBy}: ${vault.protectedBy}`}
            actions={
              vault.state === 'unlocked' && (
                <GatedButton
                  variant="default"
                  reason={vault.passphrase ? null : words.lockNeedsPassphrase}
                  loading={lock.isPending}
                  onClick={() => lock.mutate({})}
                >
                  {words.lock}
                </GatedButton>
              )
            }
          >
            <div className={classes.progress}>
              {locked && <UnlockForm />}
              <ErrorNotice error={lock.error} />
            </div>
          </SettingRow>
          <SettingRow
            title={words.passphraseTitle}
            text={vault.passphrase ? words.passphraseOn : words.passphraseOff}
            actions={
              vault.passphrase ? (
                <>
                  <GatedButton variant="default" reason={lockedReason} onClick={() => setTask('change')}>
                    {words.change}
                  </GatedButton>
                  <GatedButton variant="default" reason={lockedReason} onClick={() => setTask('remove')}>
                    {words.remove}
                  </GatedButton>
                </>
              ) : (
                <Button variant="default" onClick={() => setTask('set')}>
                  {words.set}
                </Button>
              )
            }
          />
          <SettingRow
            title={words.backupTitle}
            text={vault.backedUpAt === null ? words.backupNever : words.backupAt(format.moment(vault.backedUpAt, today))}
            actions={
              <>
                <GatedButton
                  variant={vault.backedUpAt === null && vault.state === 'unlocked' ? 'filled' : 'default'}
                  reason={vault.state === 'empty' ? words.state.empty : lockedReason}
                  onClick={backup.open}
                >
                  {words.download}
                </GatedButton>
                <Button variant="default" onClick={importing.open}>
                  {words.import}
                </Button>
              </>
            }
          />
          <RestoreRow workspaceId={workspaceId} />
        </div>
      )}
      {task && <PassphraseDialog task={task} onClose={() => setTask(null)} />}
      {backup.opened && vault?.state === 'unlocked' && <BackupDialog onClose={backup.close} />}
      {importing.opened && <ImportBackupDialog onClose={importing.close} />}
    </Section>
  )
}
