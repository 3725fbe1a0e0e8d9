import { Button, SegmentedControl, Switch } from '@mantine/core'
import type { UpdateStatus } from '../../../../shared/contract/console/desktop.ts'
import { updateChannel } from '../../../../shared/contract/console/desktop.ts'
import { format } from '../../../base/format/format.ts'
import { ProgressBar } from '../../../components/meter/progress-bar.tsx'
import { ErrorNotice } from '../../../components/notice/notice.tsx'
import { Section } from '../../../components/page/page.tsx'
import { useToday } from '../../../state/now.ts'
import { useRead, useWrite } from '../../../state/reads.ts'
import { SettingRow } from '../setting-row.tsx'
import classes from '../settings.module.css'
import { desktopTexts } from './desktop-texts.ts'

const words = desktopTexts.updates

/** Newer versions of the program; only where the console is a desktop window. */
export function UpdatesSection() {
  const { data: status, error, refetch } = useRead('updates.status', {})
  return (
    <Section title={words.title} note={words.note}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {status && (
        <div className={classes.rows}>
          <VersionRow status={status} />
          {status.state !== 'unavailable' && <ChannelRows status={status} />}
        </div>
      )}
    </Section>
  )
}

function VersionRow({ status }: { status: UpdateStatus }) {
  const check = useWrite('updates.check', ['updates.status'])
  const download = useWrite('updates.download', ['updates.status'])
  const install = useWrite('updates.install', ['updates.status'])
  const today = useToday()
  const { state, offered, detail, checkedAt, percent } = status
  const canDownload = offered !== null && (state === 'available' || state === 'failed')
  return (
    <SettingRow
      title={`${words.version} ${status.version}`}
      text={
        <span aria-live="polite">
          {words.state[state]} {detail ?? ''} {checkedAt !== null && state !== 'checking' && words.checkedAt(format.moment(checkedAt, today))}
        </span>
      }
      actions={
        <>
          {canDownload && (
            <Button loading={download.isPending} onClick={() => download.mutate({})}>
              {state === 'failed' ? words.again : words.download}
            </Button>
          )}
          {state === 'ready' && (
            <>
              <Button loading={install.isPending || status.install === 'now'} onClick={() => install.mutate({ when: 'now' })}>
                {words.now}
              </Button>
              <Button variant="default" disabled={status.install !== null} onClick={() => install.mutate({ when: 'next_quit' })}>
                {words.nextQuit}
              </Button>
            </>
          )}
          {['idle', 'current', 'failed', 'checking', 'available'].includes(state) && (
            <Button variant="default" loading={state === 'checking'} onClick={() => check.mutate({})}>
              {words.check}
            </Button>
          )}
        </>
      }
    >
      <div className={classes.progress}>
        <ErrorNotice error={check.error ?? download.error ?? install.error} />
        {status.install !== null && <p className={classes.dim}>{status.install === 'now' ? words.restarting : words.atNextQuit}</p>}
        {state === 'downloading' && <ProgressBar label={words.progress} done={percent ?? 0} total={100} valueText={format.percent(percent ?? 0)} />}
        {offered !== null && (
          <>
            <p>{words.offered(offered.version, offered.releasedAt === null ? null : format.date(offered.releasedAt), offered.sizeBytes)}</p>
            <h4 className={classes.rowTitle}>{words.notes}</h4>
            {/* As plain text: it comes from outside. */}
            <p className={classes.releaseNotes}>{offered.notes === '' ? words.noNotes : offered.notes}</p>
          </>
        )}
      </div>
    </SettingRow>
  )
}

function ChannelRows({ status }: { status: UpdateStatus }) {
  const setChannel = useWrite('updates.setChannel', ['updates.status'])
  const setAutomatic = useWrite('updates.setAutomatic', ['updates.status'])
  return (
    <>
      <SettingRow
        title={words.channel}
        text={words.channelText}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={words.channel}
            value={status.channel}
            transitionDuration={100}
            data={updateChannel.options.map((channel) => ({ value: channel, label: words.channels[channel] }))}
            onChange={(value) => {
              const channel = updateChannel.safeParse(value)
              if (channel.success) setChannel.mutate({ channel: channel.data })
            }}
          />
        }
      >
        <ErrorNotice error={setChannel.error} />
      </SettingRow>
      <SettingRow
        title={words.automatic}
        text={words.automaticText}
        actions={
          <Switch aria-label={words.automatic} checked={status.automatic} onChange={(event) => setAutomatic.mutate({ on: event.currentTarget.checked })} />
        }
      >
        <ErrorNotice error={setAutomatic.error} />
      </SettingRow>
    </>
  )
}
