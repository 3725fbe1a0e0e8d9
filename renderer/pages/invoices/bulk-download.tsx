import { Button } from '@mantine/core'
import { IconFileZip } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Invoice } from '../../../shared/contract/console/invoices.ts'
import { download } from '../../components/file/download.ts'
import { bytesOfBase64 } from '../../components/file/file-bytes.ts'
import { GatedButton } from '../../components/form/gated-button.tsx'
import { ProgressBar } from '../../components/meter/progress-bar.tsx'
import { ErrorNotice, Notice } from '../../components/notice/notice.tsx'
import { notifyDone } from '../../components/notice/notify.ts'
import { useIsOnline } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { read } from '../../state/reads.ts'
import classes from './invoices.module.css'
import { invoicesTexts } from './texts.ts'

const words = invoicesTexts.bulk

/** Fetches the PDFs that are not here yet, one after the other, and hands all of them over as one file. Without a network: those that are here. */
export function BulkDownload({ workspaceId, invoices }: { workspaceId: string; invoices: readonly Invoice[] }) {
  const bridge = useBridge()
  const client = useQueryClient()
  const online = useIsOnline()
  const cancelled = useRef(false)
  const [done, setDone] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [missing, setMissing] = useState(0)
  const wanted = online ? invoices : invoices.filter(({ kept }) => kept)
  const total = wanted.length

  const run = async (): Promise<void> => {
    cancelled.current = false
    setError(null)
    setMissing(0)
    setDone(0)
    try {
      for (const [index, { id }] of wanted.entries()) {
        // One that cannot be fetched is named at the end; it must not keep the others back.
        await read(bridge, 'invoices.pdf', { workspaceId, id }).catch(() => undefined)
        setDone(index + 1)
        if (cancelled.current) return
      }
      const file = await read(bridge, 'invoices.archive', { workspaceId, ids: wanted.map(({ id }) => id) })
      download(file.fileName, bytesOfBase64(file.base64), file.mimeType)
      setMissing(file.missing.length)
      notifyDone(words.done(total - file.missing.length))
    } catch (failure) {
      setError(failure)
    } finally {
      setDone(null)
      void client.invalidateQueries({ queryKey: ['invoices.list'] })
    }
  }

  if (done !== null) {
    return (
      <div className={classes.bulk}>
        <ProgressBar label={words.progress} done={done} total={total} valueText={words.value(done, total)} />
        <span>{words.value(done, total)}</span>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            cancelled.current = true
          }}
        >
          {words.cancel}
        </Button>
      </div>
    )
  }
  return (
    <>
      <GatedButton
        size="xs"
        variant="default"
        leftSection={<IconFileZip size={14} />}
        reason={total > 0 ? null : invoices.length === 0 ? invoicesTexts.noneFound : words.noneKept}
        onClick={() => void run()}
      >
        {total > 0 ? words.start(total) : words.startNone}
      </GatedButton>
      {missing > 0 && <Notice tone="amber">{words.missing(missing)}</Notice>}
      <ErrorNotice error={error} />
    </>
  )
}
