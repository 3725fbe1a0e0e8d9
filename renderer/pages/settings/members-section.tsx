import { ErrorNotice } from '../../components/notice/notice.tsx'
import { AsOf } from '../../components/page/as-of.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useRead } from '../../state/reads.ts'
import { settingsTexts } from './texts.ts'

const words = settingsTexts.members

/** Who may do what here; they are managed at the platform. */
export function MembersSection({ workspaceId }: { workspaceId: string }) {
  const { data, error, refetch } = useRead('workspaces.members', { workspaceId })
  return (
    <Section title={words.title} note={<AsOf>{words.note}</AsOf>} flush>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.length === 0 && <p className={table.empty}>{words.empty}</p>}
      {data && data.length > 0 && (
        <div className={table.wrap}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{words.columns.name}</th>
                <th scope="col">{words.columns.role}</th>
              </tr>
            </thead>
            <tbody>
              {data.map((member) => (
                <tr key={member.id}>
                  <td>
                    <span className={table.strong}>{member.name}</span>{' '}
                    {member.you && (
                      <span className={table.badge} data-tone="accent">
                        {words.you}
                      </span>
                    )}
                  </td>
                  <td>{member.role}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
