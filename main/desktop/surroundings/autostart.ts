/**
 * The file that starts the console when a person signs in to a Linux desktop (freedesktop.org, "Desktop Application Autostart").
 *
 * @param command the program's path (an AppImage's own, not that of the folder it is unpacked to) and its arguments
 */
export function autostartEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Tidemark',
    `Exec=${command.map(quoted).join(' ')}`,
    'Icon=tidemark',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** Quoting of the "Exec" key (Desktop Entry Specification): first for the argument, then for the value; `%` would begin a field code. */
function quoted(text: string): string {
  const argument = text.replaceAll(/["`$\\]/g, (sign) => `\\${sign}`).replaceAll('%', '%%')
  return `"${argument.replaceAll('\\', '\\\\')}"`
}
