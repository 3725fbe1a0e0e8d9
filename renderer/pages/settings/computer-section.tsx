import { Button } from '@mantine/core'
import { format } from '../../app/format.ts'
import { notifyDone } from '../../app/notices.ts'
import { settingsTexts } from '../../app/texts/settings.ts'
import { texts } from '../../app/texts.ts'
import { Moment } from '../../components/moment.tsx'
import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { useRead, useWrite } from '../../state/reads.ts'
import { SettingRow } from './setting-row.tsx'
import classes from './settings.module.css'

const words = settingsTexts.computer
const sizeKeys = ['outboxBytes', 'envelopesBytes', 'cacheBytes', 'egressBytes'] as const

export function ComputerSection() {
  const { data, error, refetch } = useRead('app.info', {})
  const backups = useRead('backups.list', {})
  const backup = useWrite('backups.create', ['backups.list'])
  return (
    <Section title={words.title}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data && (
        <div className={classes.rows}>
          <div className={classes.row}>
            <dl className={classes.facts}>
              <dt>{words.version}</dt>
              <dd>{`${texts.product} ${data.version}, ${words.host(data.host)}`}</dd>
              <dt>{words.device}</dt>
              <dd>{data.thisDeviceName}</dd>
              <dt>{words.dataDir}</dt>
              <dd className={classes.mono}>{data.dataDir}</dd>
              <dt>{words.intake}</dt>
              <dd className={classes.mono}>{data.intakeUrl ?? words.intakeClosed}</dd>
              {sizeKeys.map((key) => (
                <SizeFact key={key} label={words.size[key]} sizeBytes={data.sizes[key]} />
              ))}
            </dl>
          </div>
          {data.warnings.length > 0 && (
            <div className={classes.row}>
              <ul className={classes.rowWords}>
                {data.warnings.map((warning) => (
                  <li key={`${warning.kind} ${warning.at}`}>
                    <Notice tone={warning.kind === 'disk_full' ? 'red' : 'amber'}>
                      {warning.text} <Moment at={warning.at} />
                    </Notice>
                  </li>
                ))}
              </ul>
            </div>
          )}
          <SettingRow
            title={words.backupsTitle}
            text={words.backupsNote}
            actions={
              <Button
                variant="default"
                loading={backup.isPending}
                onClick={() => backup.mutate({}, { onSuccess: ({ name }) => notifyDone(words.backedUp(name)) })}
              >
                {words.backup}
              </Button>
            }
          >
            <div className={classes.progress}>
              <ErrorNotice error={backup.error ?? backups.error} />
              {backups.data?.length === 0 && <p className={classes.dim}>{words.backupsEmpty}</p>}
              <ul className={classes.backups}>
                {backups.data?.map((copy) => (
                  <li key={copy.name}>
                    <span className={classes.mono}>{copy.name}</span>
                    <span className={classes.dim}>
                      <Moment at={copy.at} /> · {format.bytes(copy.sizeBytes)}
                    </span>
                  </li>
                ))}
              </ul>
            </div>
          </SettingRow>
        </div>
      )}
    </Section>
  )
}

function SizeFact({ label, sizeBytes }: { label: string; sizeBytes: number }) {
  return (
    <>
      <dt>{label}</dt>
      <dd title={format.exactBytes(sizeBytes)}>{format.bytes(sizeBytes)}</dd>
    </>
  )
}
