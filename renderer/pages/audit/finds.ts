import { paths } from '../../../shared/contract/console/pages.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { notifyDone, notifyFailed } from '../../components/notice/notify.ts'
import type { FindContext, PageFinds } from '../../components/find/page-finds.ts'
import { exportEntries } from './export-run.ts'
import { auditTexts } from './texts.ts'

const words = auditTexts.finds
const everything = { action: null, from: null, to: null, search: '' }

export const auditFinds: PageFinds = {
  async actions(context) {
    return [
      { id: 'export', label: words.export, run: () => void exportAll(context).catch(notifyFailed) },
      { id: 'verify', label: words.verify, run: () => void verify(context) },
    ]
  },
}

async function exportAll({ bridge, workspace }: FindContext): Promise<void> {
  const wanted = { workspaceId: workspace.id, filter: everything, format: 'csv-for-spreadsheets' } as const
  await exportEntries(bridge, wanted, new AbortController().signal, () => undefined)
}

async function verify({ act, workspace }: FindContext): Promise<void> {
  navigate(paths.audit)
  if ((await act('audit.recheck', { workspaceId: workspace.id }, ['audit.overview'])) !== null) notifyDone(words.verifying)
}
