import { Button } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { unwrap } from '../../state/bridge/call-error.ts'
import { ErrorNotice } from '../notice/notice.tsx'

/** Opens a page outside the console. In a browser it is a real link, which no pop-up blocker stops. */
export function OpenPage({ url, label }: { url: string; label: string }) {
  const bridge = useBridge()
  const open = useMutation({ networkMode: 'always', mutationFn: async () => unwrap(await bridge.openExternal(url)) })
  if (bridge.host === 'web' && isWebPage(url))
    return (
      <Button component="a" href={url} target="_blank" rel="noopener noreferrer" leftSection={<IconExternalLink size={14} />}>
        {label}
      </Button>
    )
  return (
    <>
      <Button leftSection={<IconExternalLink size={14} />} onClick={() => open.mutate()}>
        {label}
      </Button>
      <ErrorNotice error={open.error} />
    </>
  )
}

/** A `javascript:` address in a link would run in this page. */
function isWebPage(url: string): boolean {
  return URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol)
}
