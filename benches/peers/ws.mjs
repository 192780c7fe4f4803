// `ws` at its best: the frame is built once, and its bytes are written to every
// socket. A plain `client.send(payload)` in a loop builds it for each.

import { createServer } from 'node:http'
import { Sender, WebSocketServer } from 'ws'
import { run } from './script.mjs'

const BINARY = 2

const server = createServer()
const viewers = new WebSocketServer({ server, perMessageDeflate: false })

run(server, (payload) => {
  const options = { fin: true, opcode: BINARY, mask: false, readOnly: true, rsv1: false }
  const frame = Buffer.concat(Sender.frame(payload, options))
  for (const viewer of viewers.clients) {
    if (viewer.readyState === viewer.OPEN) viewer._socket.write(frame)
  }
})
