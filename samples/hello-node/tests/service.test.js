'use strict';

const assert = require('node:assert');
const {once} = require('node:events');
const {after, before, test} = require('node:test');

// What the image ships; beside the sources outside of it.
const root = process.env.RUNNER ? '/srv/hello' : '../src';
const {createService, greeting} = require(`${root}/service.js`);

const service = createService();
let base;

before(async () => {
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  base = `http://127.0.0.1:${service.address().port}`;
});
after(() => service.close());

test('greeting names who is greeted', () => assert.equal(greeting('Ada'), 'Hello, Ada!'));

test('greeting greets the world without a name', () => assert.equal(greeting(' '), 'Hello, world!'));

test('GET /hello answers with the greeting', async () => {
  const response = await fetch(`${base}/hello?name=Ada`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {greeting: 'Hello, Ada!'});
});

test('GET /healthz says that it lives', async () => {
  const response = await fetch(`${base}/healthz`);
  assert.deepEqual(await response.json(), {status: 'ok'});
});

test('an unknown path is not found', async () => {
  assert.equal((await fetch(`${base}/nothing`)).status, 404);
});

test('only GET is answered', async () => {
  assert.equal((await fetch(`${base}/hello`, {method: 'POST'})).status, 405);
});
