import { format } from '../../../base/format/format.ts'
import { texts } from '../../../base/texts/texts.ts'
import { Moment } from '../../../components/label/moment.tsx'
import { ErrorNotice, Notice } from '../../../components/notice/notice.tsx'
import { Section } from '../../../components/page/page.tsx'
import { useRead } from '../../../state/reads.ts'
import classes from '../settings.module.css'
import { settingsTexts } from '../texts.ts'
import { BackupsRow } from './backups-row.tsx'
import { ClearCacheRow, DiagnosticsRow } from './data-rows.tsx'

const words = settingsTexts.computer
const sizeKeys = ['outboxBytes', 'envelopesBytes', 'cacheBytes', 'egressBytes'] as const

export function ComputerSection() {
  const { data, error, refetch } = useRead('app.info', {})
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
          <BackupsRow />
          <ClearCacheRow />
          <DiagnosticsRow />
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
