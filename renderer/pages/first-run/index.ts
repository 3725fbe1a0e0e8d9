import { paths } from '../../../shared/contract/console/pages.ts'
import type { PageEntry } from '../page-entry.ts'

export const addWorkspaceEntry: PageEntry = {
  path: paths.addWorkspace,
  link: null,
  title: 'Add a workspace',
  load: () => import('./add-workspace-page.tsx').then((module) => module.AddWorkspacePage),
}
