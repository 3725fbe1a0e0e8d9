/** `npm run check` */
import { runChecks } from './checks.ts'

const { failed } = await runChecks((line) => console.log(line))
process.exitCode = failed.length === 0 ? 0 : 1
