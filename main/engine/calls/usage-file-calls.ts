import { requireMay, whyNot } from '../billing/permissions.ts'
import type { UsageFiles } from '../billing/usage-file/usage-files.ts'
import type { WorkspaceViewOf } from '../billing/workspace-view.ts'
import type { HandlersOf } from '../bridge/handlers.ts'
import { ConsoleFailure } from '../base/failure.ts'
import { decodeChunk } from '../intake/imports.ts'

/** What the platform asks of a role whose events it takes (`POST /v1/usage/events`). */
const ACTION = 'view_usage'

export function usageFileCalls({ view, usageFiles }: { view: WorkspaceViewOf; usageFiles: UsageFiles }): HandlersOf<'usageFile'> {
  return {
    'usageFile.access': ({ workspaceId }) => ({ reason: whyNot(view(workspaceId), ACTION) }),
    'usageFile.open': ({ workspaceId, fileName, sizeBytes }) => {
      const workspace = view(workspaceId)
      if (!workspace.record.capabilities.includes('usage_events'))
        throw new ConsoleFailure('not_offered', 'The platform of this workspace takes no usage events.', 'Choose another workspace.')
      requireMay(workspace, ACTION)
      return usageFiles.open({ workspaceId, fileName, sizeBytes })
    },
    'usageFile.piece': ({ fileId, chunkBase64 }) => {
      usageFiles.take(fileId, decodeChunk(chunkBase64))
      return {}
    },
    'usageFile.preview': ({ fileId }) => usageFiles.preview(fileId),
    'usageFile.sendNext': ({ fileId }) => usageFiles.sendNext(fileId),
    'usageFile.close': ({ fileId }) => {
      usageFiles.close(fileId)
      return {}
    },
  }
}
