#!/usr/bin/node
// Copyright 2026 The Weir authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A real collector, and the clients that web pages and Node programs use: the npm package `eventsource`, as
// it is and as it was before it was built on fetch. They come back by themselves, and miss and repeat nothing.
//
// Usage: eventsource.mjs COLLECTOR MODULES. Prints TAP.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

const PATIENCE_MS = 60_000;
const TOKEN = 'a-token-that-outlives-a-data-directory';

const [program, modules] = process.argv.slice(2);
const load = createRequire(path.resolve(modules, 'package.json'));
const CLIENTS = {
  'eventsource 3': load('eventsource').EventSource,
  'eventsource 2': load('eventsource-2'),
};

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

class Collector {
  constructor() {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-clients-'));
    this.address = '127.0.0.1:0';
  }

  // From the second time on at the same address.
  async start() {
    this.child = spawn(program, ['--data-dir', this.dir, '--listen', this.address],
                       { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, WEIR_READ_TOKEN: TOKEN } });
    children.add(this.child);
    this.ended = new Promise((resolve) => {
      this.child.on('exit', (code, signal) => {
        children.delete(this.child);
        resolve(signal ?? code);
      });
    });
    for await (const line of readline.createInterface({ input: this.child.stdout })) {
      this.address = line.replace('listening on http://', '');
      break;
    }
    this.stream = `http://${this.address}/v1/stream?topics=events,stats&token=${TOKEN}`;
  }

  end(signal) {
    this.child.kill(signal);
    return this.ended;
  }

  // Another data directory, so that the stream begins anew.
  forget() {
    fs.rmSync(this.dir, { recursive: true });
    fs.mkdirSync(this.dir, { mode: 0o700 });
  }

  async post(first, count) {
    const events = Array.from({ length: count }, (_, i) => ({
      event: 'click', user_id: 'äöü', properties: { n: first + i, text: 'a\n\rb\u2028' },
    }));
    const answer = await fetch(`http://${this.address}/v1/events`, { method: 'POST', body: JSON.stringify(events) });
    if (answer.status !== 202 || (await answer.json()).accepted !== count)
      throw new Error(`posting was answered ${answer.status}`);
  }
}

class Listener {
  constructor(EventSource, url) {
    this.source = new EventSource(url);
    this.opened = this.errors = this.stats = this.resets = this.gaps = 0;
    this.events = [];
    this.source.addEventListener('open', () => this.opened++);
    this.source.addEventListener('error', () => this.errors++);
    this.source.addEventListener('reset', () => this.resets++);
    this.source.addEventListener('gap', () => this.gaps++);
    this.source.addEventListener('stats', (message) => {
      this.stats++;
      this.ledger = JSON.parse(message.data).ledger;
    });
    this.source.addEventListener('event', (message) => {
      this.events.push({ ...JSON.parse(message.data), place: message.lastEventId });
    });
  }

  get numbers() {
    return this.events.map((event) => event.properties.n);
  }

  get epochs() {
    return new Set(this.events.map((event) => event.place.split('-')[0]));
  }
}

async function until(condition, what) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

let number = 0;
let failed = 0;

function check(condition, text) {
  number++;
  failed += !condition;
  console.log(`${condition ? 'ok' : 'not ok'} ${number} - ${text}`);
}

function isSequence(numbers, from, to) {
  return numbers.length === to - from + 1 && numbers.every((n, i) => n === from + i);
}

async function tell(name, EventSource) {
  const collector = new Collector();
  await collector.start();
  const client = new Listener(EventSource, collector.stream);
  await until(() => client.opened === 1, 'the stream');
  await until(() => client.stats > 0, 'the first stats');

  await collector.post(1, 20);
  await until(() => client.events.length >= 20 && client.ledger.stored === 20, 'twenty events and their ledger');
  check(isSequence(client.numbers, 1, 20), `${name}: events come once and in order`);
  check(client.events.every((event, i) => event.seq === i + 1 && event.place.endsWith(`-${i + 1}`)),
        `${name}: every event has its place as its id`);
  check(client.events.every((event) => event.user_id === 'äöü' && event.properties.text === 'a\n\rb\u2028'),
        `${name}: text arrives as it was sent`);
  const tenth = client.events[9].place;

  check(await collector.end('SIGKILL') === 'SIGKILL', `${name}: the collector was killed`);
  await until(() => client.errors > 0, 'the client to notice');
  await collector.start();
  await collector.post(21, 15);
  await until(() => client.events.length >= 35, 'the events after the kill');
  check(client.opened === 2 && isSequence(client.numbers, 1, 35),
        `${name}: comes back by itself, with nothing lost or twice`);

  check(await collector.end('SIGTERM') === 0, `${name}: the collector ended in order`);
  await until(() => client.source.readyState === EventSource.CONNECTING, 'the client to notice');
  await collector.start();
  await collector.post(36, 5);
  await until(() => client.events.length >= 40, 'the events after the restart');
  check(client.opened === 3 && isSequence(client.numbers, 1, 40), `${name}: and once more after an orderly end`);
  check(client.resets === 0 && client.gaps === 0 && client.epochs.size === 1, `${name}: never was there a reset`);

  const late = new Listener(EventSource, `${collector.stream}&last_event_id=${tenth}`);
  await until(() => late.resets > 0, 'the reset of a client that was away for too long');
  await collector.post(41, 5);
  await until(() => late.events.length >= 5 && client.events.length >= 45, 'what follows a reset');
  check(late.resets === 1 && isSequence(late.numbers, 41, 45),
        `${name}: who was away for too long is told, then goes on live`);
  late.source.close();

  const [epoch] = client.epochs;
  client.events = [];
  await collector.end('SIGKILL');
  collector.forget();
  await collector.start();
  await until(() => client.resets > 0, 'the reset of a client of another data directory');
  await collector.post(1, 3);
  await until(() => client.events.length >= 3, 'the events of the new data directory');
  check(client.resets === 1 && isSequence(client.numbers, 1, 3) && !client.epochs.has(epoch),
        `${name}: another data directory is another stream`);
  client.source.close();

  check(await collector.end('SIGTERM') === 0, `${name}: the last one ended in order`);
  fs.rmSync(collector.dir, { recursive: true });
}

try {
  for (const [name, EventSource] of Object.entries(CLIENTS))
    await tell(name, EventSource);
} catch (error) {
  check(false, `${error.message}`);
}
console.log(`1..${number}`);
process.exit(failed > 0 ? 1 : 0);
