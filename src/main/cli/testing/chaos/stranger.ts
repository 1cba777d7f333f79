import { createServer } from 'node:http';

// For tests only: a program of somebody else that wants a port and takes it as soon as it is free. Tells «waiting»,
// then «listening», on standard output; what it answers is no G-Labs. Usage: node stranger.ts PORT

const port = Number(process.argv[2]);
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html').end('<html>A stranger says hello</html>');
});
const take = () => server.listen(port, '127.0.0.1');
server.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EADDRINUSE') throw error;
  setTimeout(take, 1);
});
server.on('listening', () => console.log('listening'));
console.log('waiting');
take();
