/** A utility process that does what its first argument says. */
const [what] = process.argv.slice(2)

if (what === 'tell') process.stdout.write(`${JSON.stringify({ channel: typeof process.send, type: process.type })}\n`)
if (what === 'reject') {
  void Promise.reject(new Error('nobody hears this'))
  setTimeout(() => process.stdout.write('goes on\n'), 200)
}
if (what === 'fill') {
  const kept = []
  for (;;) kept.push(new Array(100_000).fill(kept.length))
}
if (what === 'wait') {
  process.stdout.write('waits\n')
  setInterval(() => {}, 1_000)
}
