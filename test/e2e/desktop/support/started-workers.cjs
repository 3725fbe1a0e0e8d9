/** Loaded by `-r` before the application: keeps the threads that it starts, so that a spec can end one as a crash would. */
const { subscribe } = require('node:diagnostics_channel')

globalThis.startedWorkers = []
subscribe('worker_threads', ({ worker }) => globalThis.startedWorkers.push(worker))
