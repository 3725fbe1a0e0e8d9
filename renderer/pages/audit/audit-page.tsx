import { Button } from '@mantine/core'
import { useLocation, useSearch } from 'wouter'
import { sharedTexts } from '../../base/texts/shared.ts'
import { ExportMenu } from '../../components/file/export-menu.tsx'
import type { AuditFilter } from '../../../shared/contract/console/audit.ts'
import { paths } from '../../../shared/contract/console/pages.ts'
import { ProgressBar } from '../../components/meter/progress-bar.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { AsOf } from '../../components/page/as-of.tsx'
import { Page } from '../../components/page/page.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useRead } from '../../state/reads.ts'
import classes from './audit.module.css'
import { AuditFilters } from './audit-filters.tsx'
import { BrokenChain, ChainLine } from './chain-line.tsx'
import { type ExportRun, useExportRun } from './export-run.ts'
import { type AuditView, everyEntry, filterOf, isFiltered, searchFromView, viewFromSearch } from './filter-address.ts'
import { AuditList } from './list/audit-list.tsx'
import { useFirstPage } from './list/first-page.ts'
import { RetentionLine } from './retention-line.tsx'
import { auditTexts } from './texts.ts'

const words = auditTexts

export function AuditPage() {
  const workspace = useWorkspace()
  const search = useSearch()
  const [, navigate] = useLocation()
  const view = viewFromSearch(search)
  const overview = useRead('audit.overview', { workspaceId: workspace.id })
  const { filter, total, error, retry } = useFirstPage(workspace.id, filterOf(view))
  const exporting = useExportRun(workspace.id, filterOf(view))
  const show = (next: AuditView, typed = false) =>
    navigate([paths.audit, searchFromView(next)].filter((part) => part !== '').join('?'), { replace: typed && next.search !== '' && view.search !== '' })
  return (
    <Page
      fill
      title={words.title}
      lead={<AsOf>{words.lead}</AsOf>}
      actions={<ExportMenu choices={exportChoices} isDisabled={total?.total === 0 || exporting.done !== null} onChoose={exporting.start} />}
    >
      <ErrorNotice error={overview.error} onRetry={() => void overview.refetch()} />
      {overview.data?.chain.broken && <BrokenChain workspaceId={workspace.id} broken={overview.data.chain.broken} />}
      <div className={classes.strip}>
        {overview.data && <ChainLine workspaceId={workspace.id} chain={overview.data.chain} />}
        <RetentionLine workspaceId={workspace.id} reason={overview.data?.retentionMayNot ?? null} />
      </div>
      <AuditFilters view={view} actions={overview.data?.actions ?? []} onChange={show} />
      <p role="status" className={classes.count}>
        {total ? words.total(total.total, total.isTotalExact) : ''}
      </p>
      <ExportProgress exporting={exporting} total={total} />
      <ErrorNotice error={error} onRetry={retry} />
      {filter && (
        <AuditList
          key={workspace.id}
          workspaceId={workspace.id}
          filter={filter}
          listKey={addressOf(filter)}
          isFiltered={isFiltered(view)}
          onClear={() => show(everyEntry)}
        />
      )}
    </Page>
  )
}

const exportChoices = [
  { format: 'csv-for-spreadsheets', label: sharedTexts.exported.forSpreadsheets, note: words.export.sheetNote },
  { format: 'csv-for-programs', label: sharedTexts.exported.forPrograms, note: words.export.programsNote },
  { format: 'json', label: words.export.json, note: words.export.jsonNote },
] as const

function ExportProgress({ exporting, total }: { exporting: ExportRun; total: { total: number; isTotalExact: boolean } | null }) {
  if (exporting.done === null) return <ErrorNotice error={exporting.error} />
  const running = words.export.running(exporting.done, total ? words.total(total.total, total.isTotalExact) : '')
  return (
    <div className={classes.export}>
      <ProgressBar label={words.export.progress} done={exporting.done} total={total?.isTotalExact ? total.total : null} valueText={running} />
      <span>{running}</span>
      <Button variant="subtle" size="compact-xs" onClick={exporting.cancel}>
        {words.export.cancel}
      </Button>
    </div>
  )
}

function addressOf({ action, from, to, search }: AuditFilter): string {
  return JSON.stringify([action, from, to, search])
}
