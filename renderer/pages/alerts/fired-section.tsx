import { Button } from '@mantine/core'
import { IconBellCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Moment } from '../../components/label/moment.tsx'
import { Empty, ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useKeptRead } from '../../state/reads.ts'
import classes from './alerts.module.css'
import { channelNames } from './shown-fields.ts'
import { alertsTexts } from './texts.ts'

const words = alertsTexts.fired
const FIRST = 25
const MOST = 200

/** At most a few a period, so one longer read takes the place of pages. */
export function FiredSection({ workspaceId, channels }: { workspaceId: string; channels: readonly { id: string; name: string }[] }) {
  const [limit, setLimit] = useState(FIRST)
  const { data, error, refetch } = useKeptRead('alerts.fired', { workspaceId, before: null, limit })
  return (
    <Section title={words.title} note={words.note} flush>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.rows.length === 0 && (
        <Empty icon={IconBellCheck} title={words.emptyTitle}>
          {words.empty}
        </Empty>
      )}
      {data && data.rows.length > 0 && (
        <div className={table.wrap}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{words.columns.at}</th>
                <th scope="col">{words.columns.what}</th>
                <th scope="col">{words.columns.channels}</th>
              </tr>
            </thead>
            <tbody>
              {data.rows.map((alert) => (
                <tr key={alert.id}>
                  <td className={table.nowrap}>
                    <Moment at={alert.at} />
                  </td>
                  <td>{alert.text}</td>
                  <td>{channelNames(alert.channels, channels)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data && data.next !== null && limit < MOST && (
        <div className={classes.more}>
          <Button variant="default" size="compact-sm" onClick={() => setLimit(MOST)}>
            {words.more}
          </Button>
        </div>
      )}
    </Section>
  )
}
