import { IconDeviceLaptop, IconServer } from '@tabler/icons-react'
import { Term } from '../../components/label/term.tsx'
import { Section } from '../../components/page/page.tsx'
import table from '../../components/table/table.module.css'
import { useSyncs } from '../../state/active-workspace.ts'
import { useRead } from '../../state/reads.ts'
import { honestyTexts } from './texts.ts'

const words = honestyTexts.known
/** How much of a figure the platform has. */
type Knowledge = 'yes' | 'no' | 'sealed' | 'hashed' | 'counted' | 'idOnly'
const fixedRows: { figure: string; server: Knowledge }[] = [
  { figure: words.rows.plan, server: 'yes' },
  { figure: words.rows.checkout, server: 'yes' },
]
/** `ofWrites`: there is such a thing only where the platform takes envelopes. */
const deviceRows: { figure: string; server: Knowledge; ofWrites?: true }[] = [
  { figure: words.rows.memories, server: 'sealed', ofWrites: true },
  { figure: words.rows.names, server: 'hashed', ofWrites: true },
  { figure: words.rows.keys, server: 'no' },
  { figure: words.rows.agents, server: 'idOnly', ofWrites: true },
  { figure: words.rows.held, server: 'no' },
]

export function KnownSection({ workspaceId }: { workspaceId: string }) {
  const { data } = useRead('overview.read', { workspaceId })
  const takesEnvelopes = useSyncs()
  const ofDevice = deviceRows.filter(({ ofWrites }) => takesEnvelopes || ofWrites === undefined)
  const meters = (data?.meters ?? []).map((meter) => ({ figure: meter.name, server: meter.knowledge === 'device' ? ('no' as const) : ('counted' as const) }))
  return (
    <Section
      title={words.title}
      note={
        <>
          {words.note} <Term name="layerA" />
        </>
      }
      flush
    >
      <div className={table.wrap}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{words.columns.figure}</th>
              <th scope="col">
                <IconServer size={13} aria-hidden /> {words.columns.server}
              </th>
              <th scope="col">
                <IconDeviceLaptop size={13} aria-hidden /> {words.columns.device}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...fixedRows, ...meters, ...ofDevice].map((row) => (
              <tr key={row.figure}>
                <td className={table.strong}>{row.figure}</td>
                <td>
                  <span
                    className={table.badge}
                    data-tone={row.server === 'yes' || row.server === 'counted' ? 'accent' : row.server === 'no' ? 'green' : undefined}
                  >
                    {words[row.server]}
                  </span>
                </td>
                <td className={table.dim}>{words.yes}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
