import { DrainProgress } from '../../components/meter/drain-progress.tsx'
import { Section } from '../../components/page/page.tsx'
import { useLive } from '../../state/live-store.ts'
import { useRead } from '../../state/reads.ts'
import { overviewTexts } from './texts.ts'

/** While held writes leave. The ordinary flow is not news here; the Outbox shows it. */
export function ReleasePanel({ workspaceId }: { workspaceId: string }) {
  const live = useLive((state) => state.outbox[workspaceId]?.drain)
  const { data } = useRead('outbox.tally', { workspaceId })
  const drain = live ?? data?.drain
  if (!drain?.active || !drain.releasing) return null
  return (
    <Section title={overviewTexts.release.title}>
      <DrainProgress drain={drain} />
    </Section>
  )
}
