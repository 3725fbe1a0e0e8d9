import { Stack } from '@mantine/core'
import { texts } from '../../base/texts/texts.ts'
import { ErrorNotice } from '../notice/notice.tsx'
import { OpenPage } from './open-page.tsx'
import { Dialog } from '../dialog/dialog.tsx'

type Props = { error: unknown; blockedUrl: string | null; onRetry: () => void; onClose: () => void }

/** The portal could not be asked for, or the browser wants another click to open it. */
export function PortalTrouble({ error, blockedUrl, onRetry, onClose }: Props) {
  return (
    <Dialog onClose={onClose} title={texts.upgrade.manage}>
      <Stack gap="md">
        <ErrorNotice error={error} onRetry={onRetry} />
        {blockedUrl !== null && (
          <>
            <p>{texts.upgrade.portalBlocked}</p>
            <OpenPage url={blockedUrl} label={texts.upgrade.portalOpen} />
          </>
        )}
      </Stack>
    </Dialog>
  )
}
