import { useState } from 'react'
import { useSearch } from 'wouter'
import type { Workspace } from '../../../shared/contract/console.ts'
import { addressNow, navigate } from '../../base/address/hash-location.ts'
import type { Found } from '../../components/find/page-finds.ts'
import { chooseWorkspace, useChosenWorkspace, useWorkspaces } from '../../state/active-workspace.ts'
import { recentViews } from '../../state/recent-views.ts'
import { pageLinks } from '../page-links.ts'
import { type FoundByPages, useFoundByPages } from './found-by-pages.ts'
import { allHits, type Source } from './hit-sources.ts'
import { PaletteBox } from './palette-box.tsx'
import { useProgramActions } from './program-actions.ts'
import { recentWords } from './recent-words.ts'
import { paletteTexts } from './texts.ts'

const words = paletteTexts
const mostRecent = 8

type Props = { onClose: () => void; onShortcuts: () => void }

/** Pages, recent views, actions, workspaces, and whatever the pages find of their own: one field for all of it. */
export function PaletteDialog({ onClose, onShortcuts }: Props) {
  const workspace = useChosenWorkspace()
  return workspace ? (
    // What is found in one workspace is nothing in another.
    <OfWorkspace key={workspace.id} workspace={workspace} onClose={onClose} onShortcuts={onShortcuts} />
  ) : (
    <WithoutWorkspace onClose={onClose} onShortcuts={onShortcuts} />
  )
}

function OfWorkspace({ workspace, onClose, onShortcuts }: Props & { workspace: Workspace }) {
  const [typed, setTyped] = useState('')
  // Drawn again with every step: what is shown now is no place to go back to.
  useSearch()
  const here = addressNow()
  const actions = useProgramActions(workspace, onShortcuts)
  const byPages = useFoundByPages(workspace, typed)
  const recent = recentViews(workspace.id)
    .filter(({ address }) => address !== here)
    .slice(0, mostRecent)
    .map(({ address, title }) => ({ id: address, label: title, note: recentWords(address), run: () => navigate(address) }))
  const pages = pageLinks(workspace).map(({ path, label }) => ({ id: path, label, run: () => navigate(path) }))
  return <Palette typed={typed} setTyped={setTyped} recent={recent} pages={pages} actions={actions} byPages={byPages} onClose={onClose} />
}

const nothingFound: FoundByPages = { actions: [], things: [], isComplete: true }

function WithoutWorkspace({ onClose, onShortcuts }: Props) {
  const [typed, setTyped] = useState('')
  const actions = useProgramActions(null, onShortcuts)
  return <Palette typed={typed} setTyped={setTyped} recent={[]} pages={[]} actions={actions} byPages={nothingFound} onClose={onClose} />
}

function Palette({
  typed,
  setTyped,
  recent,
  pages,
  actions,
  byPages,
  onClose,
}: {
  typed: string
  setTyped: (typed: string) => void
  recent: readonly Found[]
  pages: readonly Found[]
  actions: readonly Found[]
  byPages: FoundByPages
  onClose: () => void
}) {
  const { data: workspaces = [] } = useWorkspaces()
  const switches = workspaces.map(({ id, name, url }) => ({ id, label: words.switchTo(name), note: url, run: () => chooseWorkspace(id) }))
  const ofRecent: Source = { id: 'recent', group: words.recent, found: recent }
  const others: Source[] = [
    { id: 'page', group: words.pages, found: pages },
    ...byPages.actions.map(({ path, found }) => ({ id: `action ${path}`, group: words.actions, found })),
    { id: 'action', group: words.actions, found: actions },
    ...byPages.things.map(({ path, group, found }) => ({ id: `thing ${path}`, group, found })),
    { id: 'workspace', group: words.workspaces, found: switches },
  ]
  // Before a word is typed, back to where one was is what is wanted most; a name that is typed means the page itself first.
  const sources = typed.trim() === '' ? [ofRecent, ...others] : [...others, ofRecent]
  return <PaletteBox typed={typed} onType={setTyped} wanted={allHits(sources, typed)} isComplete={byPages.isComplete} onClose={onClose} />
}
