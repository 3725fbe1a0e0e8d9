/** `npm run check` */
import { runChecks } from './checks.ts'

process.exitCode = runChecks((line) => console.log(line)).failed.length === 0 ? 0 : 1
