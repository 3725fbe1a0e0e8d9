import { NativeSelect, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { format } from '../../base/format/format.ts'
import { chooseLocale, chosenLocale, locales } from '../../base/format/locale-choice.ts'
import { texts } from '../../base/texts/texts.ts'
import { schemes } from '../../components/form/theme-switch.tsx'
import { Page, Section } from '../../components/page/page.tsx'
import { useWorkspace } from '../../state/active-workspace.ts'
import { useBridge } from '../../state/bridge/bridge-context.tsx'
import { ComputerSection } from './computer/computer-section.tsx'
import { DesktopSection } from './computer/desktop-section.tsx'
import { UpdatesSection } from './computer/updates-section.tsx'
import { KeysSection } from './key/keys-section.tsx'
import { MembersSection } from './members-section.tsx'
import { OrganisationSection } from './organisation-section.tsx'
import { settingsTexts } from './texts.ts'
import { WorkspacesSection } from './workspaces-section.tsx'

export function SettingsPage() {
  const workspace = useWorkspace()
  const bridge = useBridge()
  return (
    <Page title={settingsTexts.title} lead={settingsTexts.lead}>
      <OrganisationSection workspaceId={workspace.id} />
      <MembersSection workspaceId={workspace.id} />
      <KeysSection workspaceId={workspace.id} />
      <WorkspacesSection />
      <ComputerSection />
      {bridge.host === 'desktop' && (
        <>
          <DesktopSection />
          <UpdatesSection />
        </>
      )}
      <AppearanceSection />
    </Page>
  )
}

function AppearanceSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Section title={settingsTexts.appearance.title} note={settingsTexts.appearance.note}>
      <SegmentedControl
        size="xs"
        aria-label={texts.theme.label}
        value={colorScheme}
        transitionDuration={100}
        data={schemes.map(({ value, label }) => ({ value, label }))}
        onChange={(value) => {
          const scheme = schemes.find((candidate) => candidate.value === value)
          if (scheme) setColorScheme(scheme.value)
        }}
      />
      <div data-anchor={settingsTexts.appearance.locale}>
        <NativeSelect
          mt="md"
          maw={300}
          label={settingsTexts.appearance.locale}
          description={settingsTexts.appearance.localeExample(format.count(1234567), format.dateTime(Date.now()))}
          value={chosenLocale() ?? ''}
          data={[{ value: '', label: settingsTexts.appearance.system }, ...locales.map((locale) => ({ value: locale, label: localeName(locale) }))]}
          onChange={(event) => chooseLocale(event.currentTarget.value === '' ? null : event.currentTarget.value)}
        />
      </div>
    </Section>
  )
}

/** In the console's own language, like every other word. */
function localeName(locale: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(locale) ?? locale
}
