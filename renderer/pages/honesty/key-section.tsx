import { Button } from '@mantine/core'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import { format } from '../../base/format/format.ts'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { Section } from '../../components/page/page.tsx'
import { useToday } from '../../state/now.ts'
import { useRead } from '../../state/reads.ts'
import { honestyTexts } from './texts.ts'

const words = honestyTexts.key

export function KeySection() {
  const { data, error, refetch } = useRead('vault.status', {})
  const today = useToday()
  const [, navigate] = useLocation()
  return (
    <Section
      title={words.title}
      actions={
        <Button variant="default" onClick={() => navigate(paths.settings)}>
          {words.toSettings}
        </Button>
      }
    >
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data && (
        <ul>
          <li>{words.protectedBy(data.protectedBy)}</li>
          {data.withoutKeyring && !data.passphrase && <li>{words.withoutKeyring}</li>}
          <li>{words.states[data.state]}</li>
          <li>{words.passphrase[data.passphrase ? 'true' : 'false']}</li>
          <li>{words.backup(data.backedUpAt === null ? null : format.moment(data.backedUpAt, today))}</li>
        </ul>
      )}
    </Section>
  )
}
