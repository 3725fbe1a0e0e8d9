import { format } from '../../base/format/format.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useSyncs } from '../../state/active-workspace.ts'
import { useToday } from '../../state/now.ts'
import { useRead } from '../../state/reads.ts'
import { honestyTexts } from './texts.ts'

const words = honestyTexts.audit
const tones = { agrees: 'green', drift: 'amber', unknown: undefined } as const

export function AuditSection({ workspaceId }: { workspaceId: string }) {
  if (useSyncs()) return <Comparison workspaceId={workspaceId} />
  return (
    <Section title={words.title}>
      <p>{words.notOffered}</p>
    </Section>
  )
}

function Comparison({ workspaceId }: { workspaceId: string }) {
  const { data, error, refetch } = useRead('honesty.audit', { workspaceId })
  const today = useToday()
  const checkedAt = data?.checkedAt ?? null
  return (
    <Section title={words.title} note={words.note(checkedAt === null ? null : format.moment(checkedAt, today))} flush>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.lines.length === 0 && <p className={table.empty}>{words.empty}</p>}
      {data && data.lines.length > 0 && (
        <div className={table.wrap}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{words.columns.meter}</th>
                <th scope="col" data-align="right">
                  {words.columns.device}
                </th>
                <th scope="col" data-align="right">
                  {words.columns.platform}
                </th>
                <th scope="col">{words.columns.verdict}</th>
              </tr>
            </thead>
            <tbody>
              {data.lines.map((line) => (
                <tr key={line.meter}>
                  <td className={table.strong}>{line.name}</td>
                  <td data-align="right">{words.count(line.deviceCount, line.unit)}</td>
                  <td data-align="right">{words.count(line.platformCount, line.unit)}</td>
                  <td>
                    <span className={table.badge} data-tone={tones[line.verdict]}>
                      {words.verdicts[line.verdict]}
                    </span>
                    <p className={table.small}>{line.explanation}</p>
                    {line.verdict === 'drift' && <p className={table.small}>{words.difference(line)}</p>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
