import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { texts } from '../../base/texts/texts.ts'
import { useOfflineReason } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { unwrap } from '../../state/bridge/call-error.ts'
import { GatedButton } from '../form/gated-button.tsx'
import { lateComponent } from '../late/late-component.tsx'
import { openPortal } from './open-portal.ts'

const PortalTrouble = lateComponent(() => import('./portal-trouble.tsx').then((module) => module.PortalTrouble))

export function PortalButton({ workspaceId, icon }: { workspaceId: string; icon: ReactNode }) {
  const bridge = useBridge()
  const reason = useOfflineReason()
  const open = useMutation({ networkMode: 'always', mutationFn: async () => unwrap(await openPortal(bridge, workspaceId)) })
  const blockedUrl = open.data?.blockedUrl ?? null
  return (
    <>
      <GatedButton variant="default" leftSection={icon} loading={open.isPending} reason={reason} onClick={() => open.mutate()}>
        {texts.upgrade.manage}
      </GatedButton>
      {(blockedUrl !== null || open.isError) && <PortalTrouble error={open.error} blockedUrl={blockedUrl} onRetry={() => open.mutate()} onClose={open.reset} />}
    </>
  )
}
