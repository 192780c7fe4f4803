// Socket.IO as its documentation shows it: `io.emit` of a binary payload to
// everybody, over WebSocket.

import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { run } from './script.mjs'

const server = createServer()
const io = new Server(server, { transports: ['websocket'], serveClient: false })

run(server, (payload) => io.emit('delta', payload))
