// What the servers here have in common: they print their address, and are told
// on the standard input what to send. Each line is a script, "OFFSET:BYTES
// OFFSET:BYTES ...": when each frame is due, in microseconds from the moment
// the line is read, and the length of its payload. A new line ends the script
// before it, an empty one just that; the end of the input ends the server.

import { createInterface } from 'node:readline'

/**
 * Starts listening, and calls `send` with a payload whenever one is due.
 * @param {import('node:http').Server} server
 * @param {(payload: Buffer) => void} send
 */
export function run(server, send) {
  let current = 0
  const play = (line) => {
    const mine = ++current
    const began = performance.now()
    const frames = line
      .split(' ')
      .filter((entry) => entry.includes(':'))
      .map((entry) => entry.split(':').map(Number))
      .map(([offset, bytes]) => ({ due: began + offset / 1000, payload: Buffer.alloc(bytes, 0x55) }))
    let next = 0
    const step = () => {
      if (mine !== current || next >= frames.length) return
      const wait = frames[next].due - performance.now()
      // A timer may be late by a millisecond. Waiting more exactly would take
      // processor time that is not the fan-out's.
      if (wait > 0) {
        setTimeout(step, Math.ceil(wait))
        return
      }
      send(frames[next++].payload)
      setImmediate(step)
    }
    step()
  }
  const lines = createInterface({ input: process.stdin })
  lines.on('line', play)
  lines.on('close', () => process.exit(0))
  process.on('SIGTERM', () => process.exit(0))
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
    console.log(`http://127.0.0.1:${server.address().port}`)
  })
}
