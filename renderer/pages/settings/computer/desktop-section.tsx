import { Button, Switch } from '@mantine/core'
import { download } from '../../../components/file/download.ts'
import { ErrorNotice } from '../../../components/notice/notice.tsx'
import { Section } from '../../../components/page/page.tsx'
import { useRead, useWrite } from '../../../state/reads.ts'
import { SettingRow } from '../setting-row.tsx'
import classes from '../settings.module.css'
import { desktopTexts } from './desktop-texts.ts'

const words = desktopTexts.window

/** The program on this computer; only where the console is a desktop window. */
export function DesktopSection() {
  const { data, error, refetch } = useRead('desktop.status', {})
  const startAtLogin = useWrite('desktop.setStartAtLogin', ['desktop.status'])
  const keepRunning = useWrite('desktop.setKeepRunning', ['desktop.status'])
  const diagnostics = useWrite('desktop.diagnostics')
  return (
    <Section title={words.title} note={words.note}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data && (
        <div className={classes.rows}>
          <SettingRow
            title={words.startAtLogin}
            text={words.startAtLoginText}
            actions={
              <Switch
                aria-label={words.startAtLogin}
                checked={data.startAtLogin}
                disabled={startAtLogin.isPending}
                onChange={(event) => startAtLogin.mutate({ on: event.currentTarget.checked })}
              />
            }
          >
            <ErrorNotice error={startAtLogin.error} />
          </SettingRow>
          <SettingRow
            title={words.keepRunning}
            text={data.keepRunningFixed ?? words.keepRunningText}
            actions={
              <Switch
                aria-label={words.keepRunning}
                checked={data.keepRunning}
                disabled={keepRunning.isPending || data.keepRunningFixed !== null}
                onChange={(event) => keepRunning.mutate({ on: event.currentTarget.checked })}
              />
            }
          >
            <ErrorNotice error={keepRunning.error} />
          </SettingRow>
          <SettingRow
            title={words.log}
            text={words.logText(data.engine.logPath)}
            actions={
              <Button
                variant="default"
                loading={diagnostics.isPending}
                onClick={() => diagnostics.mutate({}, { onSuccess: ({ fileName, text }) => download(fileName, text, 'text/plain') })}
              >
                {words.save}
              </Button>
            }
          >
            <ErrorNotice error={diagnostics.error} />
          </SettingRow>
        </div>
      )}
    </Section>
  )
}
