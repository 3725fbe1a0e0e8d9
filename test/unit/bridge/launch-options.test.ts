import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { defaultWebPort, LaunchOptionsError, parseLaunchOptions, readLaunchOptions, type Surroundings } from '../../../main/bridge/launch-options.ts'

const linux: Surroundings = { platform: 'linux', env: {}, home: '/home/lead', workingFolder: '/work' }
const parse = (...args: string[]) => parseLaunchOptions(args, linux)

test('nothing given: the browser or the desktop, the default port, the folder of the system', () => {
  expect(parse()).toEqual({
    host: 'either',
    port: defaultWebPort,
    intakePort: 0,
    dataDir: '/home/lead/.local/share/tidemark',
    platformUrl: null,
    selfHosted: false,
    openBrowser: true,
    startHidden: false,
  })
})

test('everything given', () => {
  expect(parse('--web', '--port', '5000', '--intake-port', '5001', '--data', 'elsewhere', '--platform', 'https://billing.example/', '--no-open')).toEqual({
    host: 'web',
    port: 5000,
    intakePort: 5001,
    dataDir: '/work/elsewhere',
    platformUrl: 'https://billing.example',
    selfHosted: false,
    openBrowser: false,
    startHidden: false,
  })
})

describe('the data folder is where each system keeps it', () => {
  test.each<[string, Partial<Surroundings>, string]>([
    ['XDG_DATA_HOME', { env: { XDG_DATA_HOME: '/data' } }, '/data/tidemark'],
    ['a relative XDG_DATA_HOME, which is not valid', { env: { XDG_DATA_HOME: 'data' } }, '/home/lead/.local/share/tidemark'],
    ['macOS', { platform: 'darwin' }, '/home/lead/Library/Application Support/Tidemark'],
    ['Windows', { platform: 'win32', env: { APPDATA: '/appdata' } }, '/appdata/Tidemark'],
  ])('%s', (_name, surroundings, expected) => {
    expect(parseLaunchOptions([], { ...linux, ...surroundings }).dataDir).toBe(expected)
  })
})

describe('refused in words', () => {
  test.each([
    [['--web', '--desktop'], /exclude each other/],
    [['--port', 'many'], /0 to 65535, not 'many'/],
    [['--port', '65536'], /0 to 65535/],
    [['--port', '-1'], /port/],
    [['--port', '1e3'], /0 to 65535/],
    [['--intake-port', '65536'], /--intake-port takes a number/],
    [['--data', 'line\nbreak'], /control character.*--data/],
    [['--data', 'tab\there'], /control character/],
    [['--token', 'secret'], /--token/],
    [['elsewhere'], /'elsewhere' is not an option/],
    [['--self-hosted', '--platform', 'https://billing.example'], /--self-hosted is about the embedded sandbox/],
    [['--platform', 'billing.example'], /takes a URL/],
    [['--platform', 'http://billing.example'], /must be https/],
    [['--platform', 'file:///etc/passwd'], /must be https/],
    [['--platform', 'https://lead:secret@billing.example'], /takes no user or password/],
  ])('%j', (args, words) => {
    expect(() => parse(...args)).toThrow(LaunchOptionsError)
    expect(() => parse(...args)).toThrow(words)
  })
})

test('a platform on this computer may be plain http', () => {
  expect(parse('--platform', 'http://127.0.0.1:8787').platformUrl).toBe('http://127.0.0.1:8787')
})

test('beside the switches of Chromium only our own options are read', () => {
  const args = [
    '--inspect=0',
    '--remote-debugging-port=0',
    '/opt/tidemark',
    '--data',
    '/d',
    '--platform=https://billing.example',
    '--no-sandbox',
    '--user-data-dir=/x',
  ]
  expect(readLaunchOptions(args, linux)).toMatchObject({ dataDir: '/d', platformUrl: 'https://billing.example' })
})

test('the help of npm start names every option and the default port', () => {
  const help = readFileSync('build/run.mjs', 'utf8')
  for (const option of ['--web', '--desktop', '--port N', '--data DIR', '--platform URL', '--self-hosted', '--no-open', `default ${defaultWebPort}`])
    expect(help).toContain(option)
})
