import { useRef, useState } from 'react'
import type { AuditExportFormat, AuditFilter } from '../../../shared/contract/console/audit.ts'
import type { Bridge, CallOutput } from '../../../shared/contract/console.ts'
import { download } from '../../components/file/download.ts'
import { notifyDone } from '../../components/notice/notify.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { read } from '../../state/reads.ts'
import { auditTexts } from './texts.ts'

export type ExportRun = { done: number | null; error: unknown; start: (format: AuditExportFormat) => void; cancel: () => void }

const types: Record<AuditExportFormat, string> = { 'csv-for-spreadsheets': 'text/csv', 'csv-for-programs': 'text/csv', json: 'application/json' }

type Wanted = { workspaceId: string; filter: AuditFilter; format: AuditExportFormat }

/** Fetches an export part by part, so that a million entries neither stop the engine nor pass through the bridge at once. */
export async function exportEntries(bridge: Bridge, wanted: Wanted, signal: AbortSignal, onRows: (rows: number) => void): Promise<void> {
  const parts: string[] = []
  let rows = 0
  let before: number | null = null
  for (;;) {
    const part: CallOutput<'audit.export'> = await read(bridge, 'audit.export', { ...wanted, before, language: navigator.language })
    if (signal.aborted) return notifyDone(auditTexts.export.cancelled)
    parts.push(part.text)
    rows += part.rows
    onRows(rows)
    before = part.next
    if (before !== null) continue
    download(part.fileName, new Blob(parts), types[wanted.format])
    return notifyDone(auditTexts.export.done(part.fileName, rows))
  }
}

/** `done` null: none is under way. */
export function useExportRun(workspaceId: string, filter: AuditFilter): ExportRun {
  const bridge = useBridge()
  const [done, setDone] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const running = useRef<AbortController | null>(null)
  return {
    done,
    error,
    start(format) {
      if (running.current !== null) return
      const controller = new AbortController()
      running.current = controller
      setError(null)
      setDone(0)
      exportEntries(bridge, { workspaceId, filter, format }, controller.signal, setDone)
        .catch(setError)
        .finally(() => {
          running.current = null
          setDone(null)
        })
    },
    cancel: () => running.current?.abort(),
  }
}
