import type { ConsoleEvent } from '../../shared/contract/console.ts'
import type { DesktopStatus, HostHandlers, UpdateStatus } from '../../shared/contract/console/desktop.ts'

/** The desktop's own answers, with an update on offer that can be downloaded. */
export function fakeDesktop(emit: (event: ConsoleEvent) => void): HostHandlers {
  let status: DesktopStatus = {
    startAtLogin: false,
    keepRunning: false,
    keepRunningFixed: null,
    processSandbox: true,
    engine: { state: 'running', retryAt: null, logPath: '/home/dana/.local/share/tidemark/logs/desktop.log' },
  }
  let update: UpdateStatus = {
    version: '0.1.0',
    channel: 'latest',
    automatic: true,
    state: 'available',
    detail: null,
    checkedAt: Date.now() - 120_000,
    offered: {
      version: '0.2.0',
      releasedAt: Date.now() - 86_400_000,
      notes: 'Costs by service, category and user.\nInvoices open offline.\n',
      sizeBytes: 142_000_000,
    },
    percent: null,
    install: null,
  }
  const change = (changes: Partial<UpdateStatus>): UpdateStatus => {
    update = { ...update, ...changes }
    emit({ event: 'updates.changed', payload: update })
    return update
  }
  return {
    'desktop.takePage': () => ({ page: null }),
    'desktop.status': () => status,
    'desktop.setStartAtLogin': ({ on }) => {
      status = { ...status, startAtLogin: on }
      return status
    },
    'desktop.setKeepRunning': ({ on }) => {
      status = { ...status, keepRunning: on }
      return status
    },
    'desktop.setTheme': () => ({}),
    'desktop.diagnostics': () => ({ fileName: 'tidemark-diagnostics.txt', text: 'Tidemark 0.1.0\n' }),
    'desktop.restartEngine': () => ({}),
    'updates.status': () => update,
    'updates.check': () => change({ state: 'available', checkedAt: Date.now() }),
    'updates.download': () => {
      for (const percent of [20, 40, 60, 80, 100]) {
        window.setTimeout(() => change(percent === 100 ? { state: 'ready', percent: null } : { state: 'downloading', percent }), percent * 20)
      }
      return change({ state: 'downloading', percent: 0 })
    },
    'updates.install': ({ when }) => change({ install: when }),
    'updates.setChannel': ({ channel }) => change({ channel, state: 'idle', offered: null }),
    'updates.setAutomatic': ({ on }) => change({ automatic: on }),
  }
}
