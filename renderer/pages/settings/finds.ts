import { paths } from '../../../shared/contract/console/pages.ts'
import { openPartOn } from '../../base/address/address-part.ts'
import { showAnchor } from '../../base/address/anchor.ts'
import { texts } from '../../base/texts/texts.ts'
import type { Found, PageFinds } from '../../components/find/page-finds.ts'
import { desktopTexts } from './computer/desktop-texts.ts'
import { settingsTexts } from './texts.ts'

const words = settingsTexts.finds
const { organisation, keys, workspaces, computer, members, appearance } = settingsTexts

/** Each section, and what stands in it by a name of its own: a field, a row. */
const sections: readonly { title: string; rows: readonly string[]; called?: string }[] = [
  { title: organisation.title, rows: organisation.editable.map(organisation.name) },
  { title: members.title, rows: [] },
  { title: keys.title, rows: [keys.passphraseTitle, keys.backupTitle, keys.restoreTitle], called: 'vault lock' },
  { title: workspaces.title, rows: [], called: 'platform token sign in' },
  { title: computer.title, rows: [computer.backupsTitle, computer.cacheTitle, computer.diagnosticsTitle], called: 'version data folder door' },
  { title: appearance.title, rows: [appearance.locale], called: 'theme dark light' },
]
/** Where the console is a desktop window. */
const desktopSections: typeof sections = [
  { title: desktopTexts.window.title, rows: [desktopTexts.window.startAtLogin, desktopTexts.window.keepRunning, desktopTexts.window.log] },
  { title: desktopTexts.updates.title, rows: [desktopTexts.updates.channel, desktopTexts.updates.automatic] },
]

export const settingFinds: PageFinds = {
  async actions({ ask }) {
    const vault = await ask('vault.status', {})
    const reason = vault?.state === 'empty' ? words.noKey : vault?.state === 'locked' ? texts.vault.lockedTitle : null
    return [
      { id: 'backup', label: words.backUpKey, reason, run: () => openPartOn(paths.settings, 'backup') },
      { id: 'bring-key', label: words.bringKey, run: () => openPartOn(paths.settings, 'bring-key') },
    ]
  },
  things: {
    group: words.group,
    async find({ bridge }) {
      return [...sections, ...(bridge.host === 'desktop' ? desktopSections : [])].flatMap(({ title, rows, called = '' }) => [
        { ...setting(title), alsoCalled: called },
        ...rows.map((row) => ({ ...setting(row), note: words.of(title) })),
      ])
    },
  },
}

function setting(name: string): Found {
  return { id: name, label: name, run: () => showAnchor(paths.settings, name) }
}
