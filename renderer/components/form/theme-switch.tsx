import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun, type TablerIcon } from '@tabler/icons-react'
import { texts } from '../../base/texts/texts.ts'

export const schemes: { value: MantineColorScheme; label: string; icon: TablerIcon }[] = [
  { value: 'auto', label: texts.theme.auto, icon: IconDeviceDesktop },
  { value: 'light', label: texts.theme.light, icon: IconSun },
  { value: 'dark', label: texts.theme.dark, icon: IconMoon },
]

export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = schemes.find((scheme) => scheme.value === colorScheme)?.icon ?? IconDeviceDesktop
  return (
    <Menu position="top-start">
      <Menu.Target>
        <ActionIcon aria-label={texts.theme.label} size="lg">
          <Current size={17} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={15} />}
            rightSection={value === colorScheme ? <IconCheck size={14} aria-hidden /> : null}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
