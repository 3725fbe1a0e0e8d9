import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'
import { texts } from '../texts/texts.ts'

/** The one accent: the blue-green of a tide line. Shades 6 and 7 carry white text (4.5:1) and stand out (3:1) from the surface of their theme. */
const tide: MantineColorsTuple = ['#eaf6fb', '#d2eaf4', '#a6d5e9', '#75bedd', '#56b4da', '#379fce', '#1c7aa6', '#0b6a8f', '#095a7a', '#054a66']
/** Mantine's dark surfaces, moved onto the console's own (tokens.css). */
const dark: MantineColorsTuple = ['#e7ebef', '#c3ccd4', '#9ba7b3', '#6d7985', '#333c46', '#272f38', '#1a2027', '#14191f', '#10151a', '#0d1115']
/** Dark enough for white text (4.5:1) in its filled shade. */
const red: MantineColorsTuple = ['#fcebea', '#f9d3d1', '#f2aaa6', '#ff8f8a', '#ef6b66', '#e04a44', '#c9332d', '#b3261e', '#96201a', '#7a1a15']

export const theme = createTheme({
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 6 },
  colors: { tide, dark, red },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '10px', xl: '16px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: {
      defaultProps: {
        withArrow: true,
        openDelay: 300,
        events: { hover: true, focus: true, touch: true },
        multiline: true,
        maw: 320,
        transitionProps: { duration: 100 },
      },
    },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.35 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 140 }, overlayProps: { backgroundOpacity: 0.25 } } },
    Skeleton: { defaultProps: { className: 'tm-skeleton' } },
    Popover: { defaultProps: { transitionProps: { duration: 100 }, shadow: 'md' } },
    // Mantine gives this one a cross and no name, and words in a grey that misses 4.5:1.
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': texts.actions.close } },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    },
    Menu: { defaultProps: { transitionProps: { duration: 100 }, shadow: 'md' } },
  },
})

/** Mantine's own dim grey (#868e96) misses 4.5:1 on white; ours does not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56626e',
    '--mantine-color-placeholder': '#6b7680',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-text': '#17212b',
    '--mantine-color-default-border': '#cfd6dc',
  },
  dark: {
    '--mantine-color-dimmed': '#9ba7b3',
    '--mantine-color-placeholder': '#8d99a5',
    '--mantine-color-error': '#ff8f8a',
    '--mantine-color-text': '#e7ebef',
    '--mantine-color-body': '#14191f',
    '--mantine-color-default-border': '#3a444f',
  },
})
