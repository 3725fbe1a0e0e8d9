import { useMantineColorScheme } from '@mantine/core'
import type { SpotlightActionData } from '@mantine/spotlight'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Workspace } from '../../../shared/contract/console.ts'
import { type DialogPart, openPart } from '../../base/address/address-part.ts'
import { parseHash } from '../../base/address/hash-location.ts'
import { texts } from '../../base/texts/texts.ts'
import { download } from '../../components/file/download.ts'
import { schemes } from '../../components/form/theme-switch.tsx'
import { notifyDone, notifyFailed } from '../../components/notice/notify.ts'
import { openPortal } from '../../components/order/open-portal.ts'
import { useExportRun } from '../../pages/audit/export-run.ts'
import { syncs, useConnection } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { read, useRead, useWrite } from '../../state/reads.ts'
import { offers } from '../page-links.ts'
import { appTexts } from '../texts.ts'
import { paletteTexts } from './texts.ts'

const words = paletteTexts
const everyEntry = { action: null, from: null, to: null, search: '' }

/** What can be done without a workspace. */
export function useProgramActions(onShortcuts: () => void): SpotlightActionData[] {
  const [, navigate] = useLocation()
  const { setColorScheme } = useMantineColorScheme()
  const lock = useWrite('vault.lock', ['vault.status'])
  const diagnostics = useWrite('data.diagnostics')
  return [
    { id: 'lock', label: words.lock, onClick: () => lock.mutate({}, { onError: notifyFailed }) },
    { id: 'diagnostics', label: words.diagnostics, onClick: () => diagnostics.mutate({}, { onSuccess: save('application/json'), onError: notifyFailed }) },
    { id: 'add', label: appTexts.workspace.add, onClick: () => navigate(paths.addWorkspace) },
    { id: 'shortcuts', label: words.shortcuts, onClick: onShortcuts },
    ...schemes.map((scheme) => ({ id: `theme-${scheme.value}`, label: words.theme(scheme.label), onClick: () => setColorScheme(scheme.value) })),
  ]
}

/** What can be done in a workspace: what its platform does not have is left out, what cannot be done now says why. */
export function useWorkspaceActions(workspace: Workspace): SpotlightActionData[] {
  const bridge = useBridge()
  const [, navigate] = useLocation()
  const has = (path: string): boolean => offers(workspace, path)
  const takesWrites = syncs(workspace)
  const isOnline = useConnection(workspace).state === 'online'
  const vault = useRead('vault.status', {}).data?.state
  const alerts = useRead('alerts.read', has(paths.alerts) ? { workspaceId: workspace.id } : null).data
  const sync = useWrite('workspaces.syncNow')
  const recheck = useWrite('audit.recheck', ['audit.overview'])
  const exportOutbox = useWrite('outbox.export')
  const workspaceId = workspace.id
  const auditExport = useExportRun(workspaceId, everyEntry)
  const { error: auditExportError } = auditExport
  useEffect(() => {
    if (auditExportError) notifyFailed(auditExportError)
  }, [auditExportError])
  const locked = vault === 'locked' ? texts.vault.lockedTitle : null

  function verify(): void {
    navigate(paths.audit)
    recheck.mutate({ workspaceId }, { onSuccess: () => notifyDone(words.verifying), onError: notifyFailed })
  }

  /** Of the period that runs; the page exports any other. */
  async function exportCosts(): Promise<void> {
    const costs = await read(bridge, 'costs.read', { workspaceId, period: null, by: 'service' })
    if (costs === null) return notifyDone(words.noCosts)
    const file = await read(bridge, 'costs.export', { workspaceId, period: costs.period.name, format: 'csv-for-spreadsheets', language: navigator.language })
    save(file.mimeType)(file)
  }

  const go = (id: string, label: string, address: string): SpotlightActionData => ({ id, label, onClick: () => navigate(address) })
  return [
    { id: 'sync', label: words.syncNow, onClick: () => sync.mutate({ workspaceId }, { onError: notifyFailed }) },
    go('upgrade', words.upgrade, paths.upgrade),
    { id: 'portal', label: words.portal, onClick: () => void openPortal(bridge, workspaceId) },
    go('held', words.held, `${paths.outbox}?states=held`),
    go('rejected', words.rejected, `${paths.outbox}?states=rejected`),
    ...(takesWrites ? [dialog('import', words.importFiles, paths.outbox, null)] : []),
    ...(takesWrites ? [dialog('sub-key', words.createSubKey, paths.devices, isOnline ? locked : texts.connection.offlineReason)] : []),
    ...(alerts && alerts.channels.length > 0 ? [dialog('budget', words.addBudget, paths.alerts, alerts.mayNot)] : []),
    dialog('backup', words.backUpKey, paths.settings, vault === 'empty' ? words.noKey : locked),
    ...(has(paths.audit)
      ? [
          { id: 'export-audit', label: words.exportAudit, onClick: () => auditExport.start('csv-for-spreadsheets') },
          { id: 'verify', label: words.verifyAudit, onClick: verify },
        ]
      : []),
    ...(has(paths.costs) ? [{ id: 'export-costs', label: words.exportCosts, onClick: () => void exportCosts().catch(notifyFailed) }] : []),
    {
      id: 'export-outbox',
      label: words.exportOutbox,
      onClick: () => exportOutbox.mutate({ workspaceId, selection: { filter: {} } }, { onSuccess: save('application/x-ndjson'), onError: notifyFailed }),
    },
  ]

  /** `reason`: why not now; null: it can be done. */
  function dialog(part: DialogPart, label: string, path: string, reason: string | null): SpotlightActionData {
    const id = `${part} ${path}`
    if (reason !== null) return { id, label, description: reason, 'aria-disabled': true, closeSpotlightOnTrigger: false }
    return { id, label, onClick: () => openOn(path, part) }
  }

  /** On the page that is shown, its filter stays; on another, Back closes what is opened before it leaves the page. */
  function openOn(path: string, part: DialogPart): void {
    if (parseHash(window.location.hash).path !== path) navigate(path)
    openPart(part, 'open')
  }
}

/** The desktop host has written the file itself and answers no text. */
function save(type: string): (file: { fileName: string; text: string }) => void {
  return ({ fileName, text }) => {
    if (text !== '') download(fileName, text, type)
    notifyDone(words.saved(fileName))
  }
}
