import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { argv, env } from 'node:process';

/**
 * A G-Labs for the tests of its supervision: only health, and every way of behaving badly.
 * Usage: node fake-glabs.ts PORT [MODE…] (modes: silent, stubborn, grandchild, exit=CODE, noisy, chatty, tasks=N)
 */
const [port, ...modes] = argv.slice(2);

console.log(`fake G-Labs, process ${process.pid}, arguments ${modes.join(' ')}`);
if (modes.includes('noisy')) {
  console.error(`X-API-Key: ${env.GLABS_API_KEY}`);
  console.log(`using ${env.GLABS_API_KEY} and ${env.SOME_TOKEN}`);
  console.log(`tunnel ${env.TUNNEL_TOKEN ?? 'has no token here'}`);
}
const exit = modes.find((mode) => mode.startsWith('exit='));
if (exit) {
  console.error('no accounts are logged in');
  process.exit(Number(exit.slice('exit='.length)));
}
if (modes.includes('grandchild')) {
  const code =
    "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('ready')";
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => console.log(`grandchild ${child.pid}`));
}
if (modes.includes('stubborn')) process.on('SIGTERM', () => console.log('I stay'));
if (modes.includes('chatty')) {
  // 50,000 lines a second, as a program in a tight loop of retries prints them.
  let line = 0;
  setInterval(() => {
    let text = '';
    for (let n = 0; n < 500; n += 1)
      text += `2026-11-20T09:28:05Z ERR Unable to establish connection, try ${line++}\n`;
    process.stderr.write(text);
  }, 10);
}
const tasks = Number(modes.find((mode) => mode.startsWith('tasks='))?.slice('tasks='.length) ?? 0);
let silent = modes.includes('silent');

createServer((request, response) => {
  if (request.url === '/hang') silent = true;
  if (request.url === '/die') process.exit(3);
  if (silent && request.url !== '/hang') return;
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ status: 'ok', server: 'G-Labs Webhook', pid: process.pid, tasks_running: tasks }),
  );
}).listen(Number(port), '127.0.0.1');
