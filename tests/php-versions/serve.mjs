// Serves a folder's PHP files with one of the PHP versions that are compiled for Node, one request
// after the other:   node serve.mjs <version> <folder> <port> [more folders PHP may read]
// With it the bridge is run on versions no Debian has any more. Real requests, real PHP; what is not
// the real thing is the web server around it. Its mysqli reaches a database over TCP. PHP up to 8.2 here was
// built with a list of the functions of its own that may wait for the network (Asyncify), and that lacks
// those that go on with a generator or call an Iterator's methods: a query within either ends Node, with
// "table index is out of bounds" or "unreachable". The bridge makes none there.

import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

const [version, folder, port, ...more] = process.argv.slice(2);

/** PHP 5.6 to 8.2 are in an old release of the package, later ones in the current one. */
const OLD = ['5.6', '7.0', '7.1', '7.2', '7.3', '7.4', '8.0', '8.1', '8.2'];

async function loaded() {
  if (OLD.includes(version)) {
    const { NodePHP } = (await import('php-wasm-old')).default;
    const php = await NodePHP.load(version, {
      requestHandler: { documentRoot: folder, absoluteUrl: `http://127.0.0.1:${port}` },
    });
    for (const each of [folder, ...more]) {
      php.mount({ root: each }, each);
    }
    return php;
  }
  const { loadNodeRuntime, createNodeFsMountHandler } = await import('@php-wasm/node');
  const { PHP } = await import('@php-wasm/universal');
  const php = new PHP(await loadNodeRuntime(version, { emscriptenOptions: { processId: 1 } }));
  for (const each of [folder, ...more]) {
    php.mkdir(each);
    await php.mount(each, createNodeFsMountHandler(each));
  }
  return php;
}

let php = await loaded();
let before = Promise.resolve();

async function answer(request, body) {
  const path = normalize(new URL(request.url, 'http://127.0.0.1').pathname);
  const file = join(folder, path);
  if (/\.(txt|html)$/.test(path) && existsSync(file)) {
    return { httpStatusCode: 200, headers: {}, bytes: readFileSync(file) };
  }
  if (!path.endsWith('.php') || !existsSync(file)) {
    return { httpStatusCode: 404, headers: {}, bytes: Buffer.from('not found') };
  }
  try {
    return await php.run({
      scriptPath: file,
      relativeUri: path,
      method: request.method,
      headers: request.headers,
      body: OLD.includes(version) ? body.toString() : new Uint8Array(body),
    });
  } catch (error) {
    // PHP is as good as dead after a fault of its own; the next request gets a new one.
    const text = String(error.response?.text ?? error.stack ?? error);
    php = await loaded();
    return { httpStatusCode: 500, headers: {}, bytes: Buffer.from(text) };
  }
}

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    before = before.then(async () => {
      const told = await answer(request, Buffer.concat(parts));
      const headers = { ...told.headers };
      for (const name of ['connection', 'transfer-encoding', 'content-length']) {
        delete headers[name];
      }
      response.writeHead(told.httpStatusCode || 200, headers);
      response.end(Buffer.from(told.bytes));
    });
  });
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
