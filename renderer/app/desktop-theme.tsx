import { useMantineColorScheme } from '@mantine/core'
import { useEffect } from 'react'
import type { Bridge } from '../../shared/contract/console.ts'

/** Tells the desktop window about light and dark: its title bar and its background at the next start follow the page. */
export function DesktopTheme({ bridge }: { bridge: Bridge }) {
  const { colorScheme } = useMantineColorScheme()
  useEffect(() => {
    void bridge.call('desktop.setTheme', { theme: colorScheme })
  }, [bridge, colorScheme])
  return null
}
