import type { KeyboardEvent, MenuItem as ElectronMenuItem, MenuItemConstructorOptions, PopupOptions } from 'electron'
import { Surface } from '../surface.ts'

/** Menus that were popped up. */
export const popups: Menu[] = []

const asClicked: KeyboardEvent = { triggeredByAccelerator: false }

/** An entry that nobody sees and a spec can click. */
export class MenuItem extends Surface {
  readonly id: string
  label: string
  readonly type: NonNullable<MenuItemConstructorOptions['type']>
  readonly role: MenuItemConstructorOptions['role'] | null
  readonly accelerator: string | null
  enabled: boolean
  visible: boolean
  checked: boolean
  readonly submenu: Menu | null
  readonly #click: MenuItemConstructorOptions['click']

  constructor({ id = '', label, type, role, accelerator, enabled = true, visible = true, checked = false, submenu, click }: MenuItemConstructorOptions) {
    super()
    this.id = id
    this.label = label ?? role ?? ''
    this.type = type ?? (submenu === undefined ? 'normal' : 'submenu')
    this.role = role ?? null
    this.accelerator = accelerator ?? null
    this.enabled = enabled
    this.visible = visible
    this.checked = checked
    // A menu that is given made is one of ours: nothing else here makes any.
    this.submenu = submenu === undefined ? null : Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : (submenu as unknown as Menu)
    this.#click = click
  }

  click(): void {
    if (!this.enabled) throw new Error(`electron double: the menu entry '${this.label}' is disabled, nobody can click it`)
    if (this.type === 'checkbox') this.checked = !this.checked
    // Electron's entry has members that nobody clicks with; a listener that asks for one is told its name.
    this.#click?.(this as unknown as ElectronMenuItem, undefined, asClicked)
  }
}

export class Menu extends Surface {
  static #ofApplication: Menu | null = null

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#ofApplication = menu
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#ofApplication
  }
  static buildFromTemplate(template: (MenuItemConstructorOptions | MenuItem)[]): Menu {
    const menu = new Menu()
    for (const item of template) menu.items.push(item instanceof MenuItem ? item : new MenuItem(item))
    return menu
  }

  readonly items: MenuItem[] = []

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : (item.submenu?.getMenuItemById(id) ?? null)
      if (found !== null) return found
    }
    return null
  }
  popup(_options?: PopupOptions): void {
    popups.push(this)
  }
}
