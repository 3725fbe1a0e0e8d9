/** Loaded before everything else in each process and thread: writes down what they load, one line each. */
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const { TIDEMARK_LOADED_MODULES: file } = process.env
if (file !== undefined) {
  registerHooks({
    load(url, context, next) {
      appendFileSync(file, `${process.pid} ${isMainThread ? 'main' : 'thread'} ${url}\n`)
      return next(url, context)
    },
  })
}
