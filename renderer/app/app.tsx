import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Router } from 'wouter'
import type { Bridge } from '../../shared/contract/console.ts'
import { useHashPath, useHashSearch } from '../base/address/hash-location.ts'
import { cssVariables, theme } from '../base/theme/theme.ts'
import { BridgeProvider } from '../state/bridge/bridge-context.tsx'
import { DesktopTheme } from './desktop-theme.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Shell } from './shell/shell.tsx'

export function App({ bridge, queryClient }: { bridge: Bridge; queryClient: QueryClient }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={styleNonce} deduplicateInlineStyles>
      <ErrorBoundary>
        <BridgeProvider bridge={bridge}>
          {bridge.host === 'desktop' && <DesktopTheme bridge={bridge} />}
          <QueryClientProvider client={queryClient}>
            <Router hook={useHashPath} searchHook={useHashSearch}>
              <Shell />
            </Router>
            <Notifications position="bottom-right" transitionDuration={120} containerWidth={400} />
          </QueryClientProvider>
        </BridgeProvider>
      </ErrorBoundary>
    </MantineProvider>
  )
}

declare global {
  /** Where the package that stops the page from scrolling behind a dialogue looks for the nonce of its style. */
  var __webpack_nonce__: string | undefined
}
globalThis.__webpack_nonce__ = styleNonce()

/** The nonce that the host wrote into the page in the place of `__STYLE_NONCE__`; a page served as it is (development) has no policy to satisfy. */
export function styleNonce(): string {
  const nonce = document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? ''
  return nonce === '__STYLE_NONCE__' ? '' : nonce
}
