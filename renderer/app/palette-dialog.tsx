import { useMantineColorScheme } from '@mantine/core'
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { openPortal } from '../pages/upgrade/open-portal.ts'
import { chooseWorkspace, syncs, useChosenWorkspace, useWorkspaces } from '../state/active-workspace.ts'
import { useBridge } from '../state/bridge-context.tsx'
import { useWrite } from '../state/reads.ts'
import { pageLinks } from './page-links.ts'
import { paths } from './paths.ts'
import { texts } from './texts.ts'
import { schemes } from './theme-switch.tsx'

const [store, palette] = createSpotlight()

/** Every page, action and workspace by name. `wanted` rises with every press of its key. */
export function PaletteDialog({ wanted, onShortcuts }: { wanted: number; onShortcuts: () => void }) {
  const bridge = useBridge()
  const [, navigate] = useLocation()
  const { data: workspaces } = useWorkspaces()
  const active = useChosenWorkspace()
  const { setColorScheme } = useMantineColorScheme()
  const sync = useWrite('workspaces.syncNow')
  const lock = useWrite('vault.lock', ['vault.status'])
  const seen = useRef(0)
  useEffect(() => {
    if (seen.current === wanted) return
    seen.current = wanted
    palette.toggle()
  }, [wanted])

  const page = (id: string, label: string): SpotlightActionData => ({ id, label, onClick: () => navigate(id) })
  const pages = pageLinks(active).map(({ path, label }) => page(path, label))
  const actions: SpotlightActionData[] = [
    ...(active
      ? [
          { id: 'sync', label: texts.palette.syncNow, onClick: () => sync.mutate({ workspaceId: active.id }) },
          { id: 'upgrade', label: texts.palette.upgrade, onClick: () => navigate(paths.upgrade) },
          { id: 'portal', label: texts.palette.portal, onClick: () => void openPortal(bridge, active.id) },
          { id: 'held', label: texts.palette.held, onClick: () => navigate(`${paths.outbox}?states=held`) },
          { id: 'rejected', label: texts.palette.rejected, onClick: () => navigate(`${paths.outbox}?states=rejected`) },
          ...(syncs(active) ? [{ id: 'import', label: texts.palette.importFiles, onClick: () => navigate(`${paths.outbox}?import=open`) }] : []),
        ]
      : []),
    { id: 'lock', label: texts.palette.lock, onClick: () => lock.mutate({}) },
    { id: 'add', label: texts.workspace.add, onClick: () => navigate(paths.addWorkspace) },
    { id: 'shortcuts', label: texts.palette.shortcuts, onClick: onShortcuts },
    ...schemes.map((scheme) => ({ id: `theme-${scheme.value}`, label: texts.palette.theme(scheme.label), onClick: () => setColorScheme(scheme.value) })),
  ]
  const groups: SpotlightActionGroupData[] = [
    { group: texts.palette.pages, actions: pages },
    { group: texts.palette.actions, actions },
    {
      group: texts.palette.workspaces,
      actions: (workspaces ?? []).map((workspace) => ({
        id: workspace.id,
        label: texts.palette.switchTo(workspace.name),
        description: workspace.url,
        onClick: () => chooseWorkspace(workspace.id),
      })),
    },
  ]
  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut={null}
      nothingFound={texts.palette.nothing}
      highlightQuery
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 100 }}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      attributes={{ content: { 'aria-label': texts.palette.open } }}
      searchProps={{ placeholder: texts.palette.placeholder, 'aria-label': texts.palette.placeholder, leftSection: <IconSearch size={17} aria-hidden /> }}
    />
  )
}
