import { saveFile } from '../../components/file/save-file.ts'
import { notifyDone, notifyFailed } from '../../components/notice/notify.ts'
import { read } from '../../state/reads.ts'
import type { FindContext, PageFinds } from '../../components/find/page-finds.ts'
import { costsTexts } from './texts.ts'

const words = costsTexts.finds

export const costFinds: PageFinds = {
  async actions(context) {
    const reason = await context.refusal('costs.read', newest(context))
    return [{ id: 'export', label: words.export, reason, run: () => void exportNewest(context).catch(notifyFailed) }]
  },
}

function newest({ workspace }: FindContext) {
  return { workspaceId: workspace.id, period: null, by: 'service' } as const
}

/** Of the period that runs; the page exports any other. */
async function exportNewest(context: FindContext): Promise<void> {
  const { bridge, workspace, act } = context
  const costs = await read(bridge, 'costs.read', newest(context))
  if (costs === null) return notifyDone(words.none)
  const wanted = { workspaceId: workspace.id, period: costs.period.name, format: 'csv-for-spreadsheets', language: navigator.language } as const
  const file = await act('costs.export', wanted)
  if (file !== null) saveFile(file)
}
