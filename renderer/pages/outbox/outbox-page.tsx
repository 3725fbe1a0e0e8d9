import { Button } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useLocation, useSearch } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { QueueFilter } from '../../../shared/contract/console.ts'
import { detailPart, useAddressPart, useDialogPart } from '../../base/address/address-part.ts'
import { VaultPrompt } from '../../components/form/vault-prompt.tsx'
import { HistoryNotices } from '../../components/histories/history-notices.tsx'
import { Page } from '../../components/page/page.tsx'
import { useSyncs, useWorkspace } from '../../state/active-workspace.ts'
import { filterFromSearch, searchFromFilter } from './filter-address.ts'
import { ImportDialog } from './import-dialog.tsx'
import { ImportStrip } from './import-strip.tsx'
import { ItemDrawer } from './item-drawer.tsx'
import { FilterSelects, StateChips } from './outbox-filters.tsx'
import { OutboxList } from './outbox-list.tsx'
import { OutboxSummary } from './outbox-summary.tsx'
import { RouteTroubles } from './route-troubles.tsx'
import { outboxTexts } from './texts.ts'

export function OutboxPage() {
  const workspace = useWorkspace()
  const takesFiles = useSyncs()
  const search = useSearch()
  const [, navigate] = useLocation()
  const item = useAddressPart(detailPart)
  const importing = useDialogPart('import')
  const filter = filterFromSearch(search)
  const show = (next: QueueFilter) => navigate([paths.outbox, searchFromFilter(next)].filter(Boolean).join('?'))
  return (
    <Page
      fill
      title={outboxTexts.title}
      lead={takesFiles ? outboxTexts.lead : outboxTexts.leadOfEdits}
      actions={
        takesFiles && (
          <Button variant="default" leftSection={<IconFileImport size={14} />} onClick={importing.open}>
            {outboxTexts.actions.import}
          </Button>
        )
      }
    >
      <VaultPrompt />
      <HistoryNotices workspaceId={workspace.id} />
      <ImportStrip onOpen={importing.open} />
      <RouteTroubles workspaceId={workspace.id} />
      <OutboxSummary workspaceId={workspace.id} />
      <StateChips workspaceId={workspace.id} filter={filter} onChange={show} />
      <OutboxList
        key={searchFromFilter(filter)}
        workspaceId={workspace.id}
        filter={filter}
        filters={<FilterSelects workspaceId={workspace.id} filter={filter} onChange={show} />}
        onOpen={item.open}
        onClear={() => show({})}
        onImport={takesFiles ? importing.open : null}
      />
      <ItemDrawer workspaceId={workspace.id} itemId={item.value} onClose={item.close} />
      <ImportDialog workspaceId={workspace.id} opened={importing.opened} onClose={importing.close} />
    </Page>
  )
}
