// An import of node:http reads all that it exports, by which Node loads its fetch and compiles the WebAssembly of that: 12 MB at once,
// 26 MB with the first request, as much processor time as Node needs to start. What lives long takes both modules from here.
export const nodeHttp = process.getBuiltinModule('node:http');
export const nodeHttps = process.getBuiltinModule('node:https');
