import { Button } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { QueueFilter } from '../../../shared/contract/console.ts'
import { paths } from '../../app/paths.ts'
import { outboxTexts } from '../../app/texts/outbox.ts'
import { Page } from '../../components/page.tsx'
import { VaultPrompt } from '../../components/vault-prompt.tsx'
import { useSyncs, useWorkspace } from '../../state/active-workspace.ts'
import { filterFromSearch, searchFromFilter } from './filter-address.ts'
import { ImportDialog } from './import-dialog.tsx'
import { ImportStrip } from './import-strip.tsx'
import { ItemDrawer } from './item-drawer.tsx'
import { FilterSelects, StateChips } from './outbox-filters.tsx'
import { OutboxList } from './outbox-list.tsx'
import { OutboxSummary } from './outbox-summary.tsx'

export function OutboxPage() {
  const workspace = useWorkspace()
  const takesFiles = useSyncs()
  const search = useSearch()
  const [, navigate] = useLocation()
  const [itemId, setItemId] = useState<string | null>(null)
  const filter = filterFromSearch(search)
  const importOpened = new URLSearchParams(search).has('import')
  const show = (next: QueueFilter, extra = '') => navigate([paths.outbox, [searchFromFilter(next), extra].filter(Boolean).join('&')].filter(Boolean).join('?'))
  return (
    <Page
      fill
      title={outboxTexts.title}
      lead={takesFiles ? outboxTexts.lead : outboxTexts.leadOfEdits}
      actions={
        takesFiles && (
          <Button variant="default" leftSection={<IconFileImport size={14} />} onClick={() => show(filter, 'import=open')}>
            {outboxTexts.actions.import}
          </Button>
        )
      }
    >
      <VaultPrompt />
      <ImportStrip onOpen={() => show(filter, 'import=open')} />
      <OutboxSummary workspaceId={workspace.id} />
      <StateChips workspaceId={workspace.id} filter={filter} onChange={(next) => show(next)} />
      <OutboxList
        key={searchFromFilter(filter)}
        workspaceId={workspace.id}
        filter={filter}
        filters={<FilterSelects workspaceId={workspace.id} filter={filter} onChange={(next) => show(next)} />}
        onOpen={setItemId}
        onClear={() => show({})}
        onImport={takesFiles ? () => show(filter, 'import=open') : null}
      />
      <ItemDrawer workspaceId={workspace.id} itemId={itemId} onClose={() => setItemId(null)} />
      <ImportDialog workspaceId={workspace.id} opened={importOpened} onClose={() => show(filter)} />
    </Page>
  )
}
