import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { Workspace } from '../../../shared/contract/console.ts'
import { addressNow } from '../../base/address/hash-location.ts'
import { chooseWorkspace, useChosenWorkspace, useWorkspaces } from '../../state/active-workspace.ts'
import { recentViews } from '../../state/recent-views.ts'
import { pageLinks } from '../page-links.ts'
import { appTexts } from '../texts.ts'
import classes from './palette.module.css'
import { useProgramActions, useWorkspaceActions } from './palette-actions.ts'
import { recentWords } from './recent-words.ts'
import { paletteTexts } from './texts.ts'

const [store, palette] = createSpotlight()
const words = paletteTexts

/** Every recent view, page, action and workspace by name. `wanted` rises with every press of its key. */
export function PaletteDialog({ wanted, onShortcuts }: { wanted: number; onShortcuts: () => void }) {
  const workspace = useChosenWorkspace()
  const actions = useProgramActions(onShortcuts)
  const seen = useRef(0)
  useEffect(() => {
    if (seen.current === wanted) return
    seen.current = wanted
    palette.toggle()
  }, [wanted])
  return workspace ? <OfWorkspace workspace={workspace} programActions={actions} /> : <Palette views={[]} actions={actions} pages={[]} />
}

function OfWorkspace({ workspace, programActions }: { workspace: Workspace; programActions: SpotlightActionData[] }) {
  const [, navigate] = useLocation()
  // Drawn again with every step: what is shown now is no place to go back to.
  useSearch()
  const here = addressNow()
  const actions = useWorkspaceActions(workspace)
  const link = (id: string, label: string, address: string): SpotlightActionData => ({ id, label, onClick: () => navigate(address) })
  const views = recentViews(workspace.id)
    .filter(({ address }) => address !== here)
    .slice(0, 8)
    .map(({ address, title }) => ({ ...link(`recent ${address}`, title, address), description: recentWords(address) }))
  const pages = pageLinks(workspace).map(({ path, label }) => link(path, label, path))
  return <Palette views={views} pages={pages} actions={[...actions, ...programActions]} />
}

function Palette({ views, pages, actions }: { views: SpotlightActionData[]; pages: SpotlightActionData[]; actions: SpotlightActionData[] }) {
  const { data: workspaces } = useWorkspaces()
  const [query, setQuery] = useState('')
  const recent = { group: words.recent, actions: views }
  const others: SpotlightActionGroupData[] = [
    { group: words.pages, actions: pages },
    { group: words.actions, actions },
    {
      group: words.workspaces,
      actions: (workspaces ?? []).map((workspace) => ({
        id: workspace.id,
        label: words.switchTo(workspace.name),
        description: workspace.url,
        onClick: () => chooseWorkspace(workspace.id),
      })),
    },
  ]
  return (
    <Spotlight
      store={store}
      // Before a word is typed, back to where one was is what is wanted most; a name that is typed means the page itself first.
      actions={query.trim() === '' ? [recent, ...others] : [...others, recent]}
      query={query}
      onQueryChange={setQuery}
      // The palette forgets what was typed when it has gone; who opens it again sooner would type behind that.
      onSpotlightOpen={() => setQuery('')}
      shortcut={null}
      nothingFound={words.nothing}
      highlightQuery
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 100 }}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      classNames={{ action: classes.action ?? '' }}
      attributes={{ content: { 'aria-label': appTexts.palette.open } }}
      searchProps={{ placeholder: words.placeholder, 'aria-label': words.placeholder, leftSection: <IconSearch size={17} aria-hidden /> }}
    />
  )
}
