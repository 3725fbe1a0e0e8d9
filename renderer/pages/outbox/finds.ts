import { paths } from '../../../shared/contract/console/pages.ts'
import { openPartOn } from '../../base/address/address-part.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { saveFile } from '../../components/file/save-file.ts'
import { syncs } from '../../state/active-workspace.ts'
import type { FindContext, PageFinds } from '../../components/find/page-finds.ts'
import { searchFromFilter } from './filter-address.ts'
import { outboxTexts } from './texts.ts'

const words = outboxTexts.finds

export const outboxFinds: PageFinds = {
  async actions(context) {
    const importing = { id: 'import', label: words.import, alsoCalled: words.importCalled, run: () => openPartOn(paths.outbox, 'import') }
    return [
      { id: 'held', label: words.held, run: () => navigate(`${paths.outbox}?${searchFromFilter({ states: ['held'] })}`) },
      { id: 'rejected', label: words.rejected, run: () => navigate(`${paths.outbox}?${searchFromFilter({ states: ['rejected'] })}`) },
      ...(syncs(context.workspace) ? [importing] : []),
      { id: 'export', label: words.export, run: () => void exportAll(context) },
    ]
  },
}

async function exportAll({ workspace, act }: FindContext): Promise<void> {
  const file = await act('outbox.export', { workspaceId: workspace.id, selection: { filter: {} } })
  if (file !== null) saveFile({ ...file, mimeType: 'application/x-ndjson' })
}
