/** An `import` of node:http reads each of its names, and WebSocket, one of them, loads all of fetch: 8 MB that an upload does not need. */
export const nodeHttp = process.getBuiltinModule('node:http');
