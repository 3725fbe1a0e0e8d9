import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import type { Invoice } from '../../../shared/contract/console/invoices.ts'
import { download } from '../../components/file/download.ts'
import { bytesOfBase64 } from '../../components/file/file-bytes.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { useOfflineReason } from '../../state/active-workspace.ts'
import { describeError } from '../../state/bridge/call-error.ts'
import { useWrite } from '../../state/reads.ts'
import { ShortLabel } from './short-label.tsx'
import { invoicesTexts } from './texts.ts'

/** A PDF that is on this computer is handed over without a network; any other needs the platform, and says so. */
export function DownloadPdf({ workspaceId, invoice, compact }: { workspaceId: string; invoice: Invoice; compact?: boolean }) {
  const offline = useOfflineReason()
  const fetch = useWrite('invoices.pdf', ['invoices.list'])
  const save = (): void =>
    fetch.mutate(
      { workspaceId, id: invoice.id },
      {
        onSuccess: ({ fileName, base64, mimeType }) => download(fileName, bytesOfBase64(base64), mimeType),
        onError: (error) => {
          const { message, suggestion } = describeError(error)
          notifications.show({ title: message, message: suggestion, color: 'red' })
        },
      },
    )
  return (
    <GatedButton
      size={compact ? 'compact-xs' : 'xs'}
      variant="default"
      leftSection={<IconDownload size={13} />}
      aria-label={invoicesTexts.downloadOf(invoice.number)}
      reason={invoice.kept ? null : offline}
      loading={fetch.isPending}
      onClick={save}
    >
      {compact ? <ShortLabel full={invoicesTexts.download} short={invoicesTexts.downloadShort} /> : invoicesTexts.download}
    </GatedButton>
  )
}
