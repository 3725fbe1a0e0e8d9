import type { Workspace } from '../../shared/contract/console.ts'

/** The chosen one while it exists, else the first; null when there is none. */
export function pickWorkspace(workspaces: readonly Workspace[], chosenId: string | null): Workspace | null {
  return workspaces.find((workspace) => workspace.id === chosenId) ?? workspaces[0] ?? null
}
