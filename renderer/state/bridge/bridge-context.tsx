import { createContext, type ReactNode, useContext } from 'react'
import type { Bridge } from '../../../shared/contract/console.ts'

const BridgeContext = createContext<Bridge | null>(null)

export function BridgeProvider({ bridge, children }: { bridge: Bridge; children: ReactNode }) {
  return <BridgeContext value={bridge}>{children}</BridgeContext>
}

export function useBridge(): Bridge {
  const bridge = useContext(BridgeContext)
  if (!bridge) throw new Error('The bridge is only known below BridgeProvider')
  return bridge
}
