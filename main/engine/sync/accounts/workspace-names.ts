import type { LocalSettings } from '../../store/local-settings.ts'

const key = (workspaceId: string): string => `workspace.name.${workspaceId}`

/** What this computer calls a workspace, where that is not the platform's name for it. */
export function localName(local: Pick<LocalSettings, 'get'>, workspaceId: string): string | null {
  return local.get(key(workspaceId))
}

export function setLocalName(local: Pick<LocalSettings, 'set'>, workspaceId: string, name: string | null): void {
  local.set(key(workspaceId), name)
}

/** A name as a part of the name of a file. */
export function fileWords(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return words === '' ? 'tidemark' : words
}
