import { Button } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../../../components/dialog/confirm.tsx'
import { download } from '../../../components/file/download.ts'
import { ErrorNotice } from '../../../components/notice/notice.tsx'
import { notifyDone } from '../../../components/notice/notify.ts'
import { useIsOnline } from '../../../state/active-workspace.ts'
import { useWrite } from '../../../state/reads.ts'
import { SettingRow } from '../setting-row.tsx'
import classes from '../settings.module.css'
import { settingsTexts } from '../texts.ts'

const words = settingsTexts.computer

export function ClearCacheRow() {
  const clear = useWrite('data.clearCache', ['app.info', 'overview.read', 'settings.list'])
  const online = useIsOnline()
  const [asking, setAsking] = useState(false)
  return (
    <SettingRow
      title={words.cacheTitle}
      text={words.cacheNote}
      actions={
        <Button variant="default" onClick={() => setAsking(true)}>
          {words.clearCache}
        </Button>
      }
    >
      <Confirm
        opened={asking}
        title={words.clearCacheTitle}
        confirmLabel={words.clearCache}
        danger={!online}
        busy={clear.isPending}
        error={clear.error}
        onConfirm={() =>
          clear.mutate(
            {},
            {
              onSuccess: () => {
                setAsking(false)
                notifyDone(words.cacheCleared)
              },
            },
          )
        }
        onClose={() => setAsking(false)}
      >
        {online ? words.clearCacheText : words.clearCacheOffline}
      </Confirm>
    </SettingRow>
  )
}

export function DiagnosticsRow() {
  const collect = useWrite('data.diagnostics')
  return (
    <SettingRow
      title={words.diagnosticsTitle}
      text={words.diagnosticsNote}
      actions={
        <Button
          variant="default"
          loading={collect.isPending}
          onClick={() => collect.mutate({}, { onSuccess: ({ fileName, text }) => download(fileName, text) })}
        >
          {words.diagnostics}
        </Button>
      }
    >
      <div className={classes.progress}>
        <ErrorNotice error={collect.error} />
      </div>
    </SettingRow>
  )
}
