// An import of node:http reads all its exports. That makes Node load its fetch and compile its WebAssembly: 12 MB at once, 26 MB with the first
// request, and as much processor time as Node needs to start. Daemons take both modules from here.
export const nodeHttp = process.getBuiltinModule('node:http');
export const nodeHttps = process.getBuiltinModule('node:https');
