import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { ThemeSwitch } from '../../components/form/theme-switch.tsx'
import { ErrorNotice } from '../../components/notice/notice.tsx'
import { PageSkeleton } from '../../components/page/page-skeleton.tsx'
import { useChosenWorkspace, useWorkspaces } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { useLive } from '../../state/live-store.ts'
import { ErrorBoundary } from '../error-boundary.tsx'
import { EngineFailed, FirstWorkspacePage, KeyringNotice, preloadAll } from '../late-pages.tsx'
import { CommandPalette } from '../palette/command-palette.tsx'
import { RecentPages } from '../recent-pages.tsx'
import { Routes } from '../routes.tsx'
import { ShortcutList, useShortcuts } from '../shortcuts/shortcuts.tsx'
import { appTexts } from '../texts.ts'
import { WindowTitle } from '../window-title.tsx'
import { ConnectionBadge } from './connection-badge.tsx'
import { EngineAway } from './engine-away.tsx'
import { Navigation } from './navigation.tsx'
import classes from './shell.module.css'
import { SignInPrompt } from './sign-in-prompt.tsx'
import { WarningsBanner } from './warnings-banner.tsx'
import { WorkspaceSwitcher } from './workspace-switcher.tsx'

/** The frame around every page. */
export function Shell() {
  const engine = useLive((live) => live.engine)
  const workspaces = useWorkspaces()
  const workspace = useChosenWorkspace()
  const [path] = useLocation()
  const main = useRef<HTMLElement>(null)
  const shortcuts = useShortcuts(workspace)
  const bridge = useBridge()
  useFocusOnNavigation(main, path)
  usePagesWhenIdle(workspaces.data !== undefined)

  if (engine === 'failed') return <EngineFailed />
  if (engine === 'refused' || (!workspaces.data && engine === 'lost')) return <EngineAway alone />
  return (
    <div className="tm-frame">
      <aside className="tm-side">
        <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
          {appTexts.nav.skip}
        </button>
        <WorkspaceSwitcher />
        {workspace && <Navigation />}
        <div className={classes.foot}>
          <ThemeSwitch />
          <ShortcutList workspace={workspace} opened={shortcuts.listOpened} setOpened={shortcuts.setListOpened} />
        </div>
      </aside>
      <div className="tm-rest">
        <div className="tm-bar">
          <CommandPalette onShortcuts={() => shortcuts.setListOpened(true)} />
          {workspace && <ConnectionBadge workspace={workspace} />}
        </div>
        <main className="tm-main" ref={main} tabIndex={-1} data-quiet-focus>
          <EngineAway />
          <WarningsBanner />
          {bridge.host === 'desktop' && <KeyringNotice />}
          <WindowTitle workspace={workspace} />
          {workspace && <RecentPages workspace={workspace} />}
          {workspace && <SignInPrompt workspace={workspace} />}
          <ErrorBoundary resetKey={`${path} ${workspace?.id}`}>
            {workspaces.error && !workspaces.data ? (
              <div className={classes.failed}>
                <ErrorNotice error={workspaces.error} onRetry={() => void workspaces.refetch()} />
              </div>
            ) : !workspaces.data ? (
              <PageSkeleton />
            ) : workspace ? (
              // Another workspace is another set of pages: nothing typed or chosen in one may leak into the other.
              <Routes key={workspace.id} />
            ) : (
              <FirstWorkspacePage first />
            )}
          </ErrorBoundary>
        </main>
      </div>
    </div>
  )
}

/** After what the first page shows is there, and early enough for the first click. */
const PRELOAD_AFTER_MS = 300

function usePagesWhenIdle(isReady: boolean): void {
  useEffect(() => {
    if (!isReady) return
    const timer = window.setTimeout(() => window.requestIdleCallback(preloadAll, { timeout: 2_000 }), PRELOAD_AFTER_MS)
    return () => window.clearTimeout(timer)
  }, [isReady])
}

/** After a navigation the page's heading takes the focus, so that a keyboard or a screen reader begins there. Not at start. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>, path: string): void {
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    main.current?.scrollTo(0, 0)
    const focusTitle = () => {
      // What the address opened over the page, or the place on it that one was led to, has the keyboard already.
      if (document.activeElement?.closest('[role="dialog"], [role="menu"], [data-shown]')) return
      main.current?.querySelector<HTMLElement>('[data-page-title]')?.focus({ preventScroll: true })
    }
    // A lazy page is not there yet: its heading appears a moment later. Who has gone on by keyboard on it meanwhile is left there.
    const later = window.setTimeout(() => {
      if (main.current?.contains(document.activeElement) !== true) focusTitle()
    }, 60)
    focusTitle()
    return () => window.clearTimeout(later)
  }, [main, path])
}
