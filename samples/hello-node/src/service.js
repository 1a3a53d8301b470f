'use strict';

// The service: GET /hello?name=NAME answers with JSON, GET /healthz says that it lives.

const http = require('node:http');

function greeting(name) {
  const trimmed = (name ?? '').trim();
  return `Hello, ${trimmed === '' ? 'world' : trimmed}!`;
}

function answer(request) {
  const url = new URL(request.url, 'http://service');
  if (request.method !== 'GET') {
    return [405, {error: 'only GET'}];
  }
  switch (url.pathname) {
    case '/hello':
      return [200, {greeting: greeting(url.searchParams.get('name'))}];
    case '/healthz':
      return [200, {status: 'ok'}];
    default:
      return [404, {error: `nothing at ${url.pathname}`}];
  }
}

function createService() {
  return http.createServer((request, response) => {
    const [status, body] = answer(request);
    response.writeHead(status, {'content-type': 'application/json'});
    response.end(`${JSON.stringify(body)}\n`);
  });
}

module.exports = {createService, greeting};
