import { globSync } from 'node:fs'
import { describe as suite, expect, test } from 'vitest'
import { checkImports } from '../../../build/import-rules.ts'
import { floorOf, sandboxRooms } from '../../../build/sandbox-rooms.ts'

/** A file of the room: itself, where the room is one file. */
const fileIn = (room: string): string => (room.endsWith('.ts') ? room : `${room}/file.ts`)

/** Whether the rule refuses that a file of one room imports a file of the other. */
function refuses(importer: string, target: string): boolean {
  const up = '../'.repeat(importer.split('/').length - 1)
  const sources = new Map([
    [importer, `import { x } from '${up}${target}'`],
    [target, ''],
  ])
  return checkImports(sources, () => false).some(({ rule }) => rule === 'sandbox-imports-run-down')
}

suite('each room of the sandbox', () => {
  test.each(sandboxRooms.slice(0, -1).map((room, place): [string, string] => [room, sandboxRooms[place + 1] ?? '']))(
    '%s may not import from %s, which stands on it',
    (room, above) => {
      expect(refuses(fileIn(room), fileIn(above))).toBe(true)
      expect(refuses(fileIn(above), fileIn(room))).toBe(false)
    },
  )

  test('is there', () => {
    expect(sandboxRooms.filter((room) => globSync(room).length !== 1)).toEqual([])
  })

  test('has its own place', () => {
    expect(sandboxRooms.map((room) => floorOf(fileIn(room)))).toEqual(sandboxRooms.map((_room, place) => place))
  })
})

test('every file of the sandbox lies in a room', () => {
  const paths = globSync('main/sandbox/**/*.ts').map((path) => path.replaceAll('\\', '/'))
  expect(paths.length).toBeGreaterThan(100)
  expect(paths.filter((path) => floorOf(path) === sandboxRooms.length)).toEqual([])
})
