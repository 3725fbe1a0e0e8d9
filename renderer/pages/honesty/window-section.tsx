import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import { useRead } from '../../state/reads.ts'
import { honestyTexts } from './texts.ts'

const words = honestyTexts.window

/** Only where the console is a desktop window: a browser's own sandbox is the browser's business. */
export function WindowSection() {
  const { data, error, refetch } = useRead('desktop.status', {})
  return (
    <Section title={words.title}>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data && <p>{words.processSandbox[data.processSandbox ? 'true' : 'false']}</p>}
    </Section>
  )
}
