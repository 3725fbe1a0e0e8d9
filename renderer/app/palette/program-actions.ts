import { useMantineColorScheme } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { paths } from '../../../shared/contract/console/pages.ts'
import type { Workspace } from '../../../shared/contract/console.ts'
import { navigate } from '../../base/address/hash-location.ts'
import { saveFile } from '../../components/file/save-file.ts'
import { schemes } from '../../components/form/theme-switch.tsx'
import type { Found } from '../../components/find/page-finds.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { appTexts } from '../texts.ts'
import { actionsOver } from './act.ts'
import { paletteTexts } from './texts.ts'

const words = paletteTexts

/** What can be done wherever one is. `workspace` null: there is none yet. */
export function useProgramActions(workspace: Workspace | null, onShortcuts: () => void): readonly Found[] {
  const { setColorScheme } = useMantineColorScheme()
  const act = actionsOver(useBridge(), useQueryClient())
  const saveDiagnostics = async (): Promise<void> => {
    const file = await act('data.diagnostics', {})
    if (file !== null) saveFile({ ...file, mimeType: 'application/json' })
  }
  return [
    ...(workspace === null ? [] : [{ id: 'sync', label: words.syncNow, run: () => void act('workspaces.syncNow', { workspaceId: workspace.id }) }]),
    { id: 'lock', label: words.lock, run: () => void act('vault.lock', {}, ['vault.status']) },
    { id: 'diagnostics', label: words.diagnostics, run: () => void saveDiagnostics() },
    { id: 'add', label: appTexts.workspace.add, run: () => navigate(paths.addWorkspace) },
    { id: 'shortcuts', label: words.shortcuts, run: onShortcuts },
    ...schemes.map((scheme) => ({ id: `theme-${scheme.value}`, label: words.theme(scheme.label), run: () => setColorScheme(scheme.value) })),
  ]
}
