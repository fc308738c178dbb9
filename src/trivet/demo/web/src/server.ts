/** The front of the company: what customers' browsers talk to. */
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import type { AddressInfo } from 'node:net';
import * as accounts from './accounts.ts';
import { Failure } from './failure.ts';
import { log } from './log.ts';
import * as queue from './queue.ts';
import { PORT } from './settings.ts';
import { upload } from './uploads.ts';

type WithId = Request<{ id: string }>;

function fail(error: Error, request: Request, response: Response, _next: NextFunction): void {
  const status = error instanceof Failure ? error.status : 500;
  const said = `${request.method} ${request.path} failed: ${error.message}`;
  if (status >= 500) log.error({ err: error, status }, said);
  else log.warn({ status }, said);
  response.status(status).json({ error: error.message });
}

const app = express();
app.post('/uploads', upload);
app.get('/videos/:id', async (request: WithId, response) => response.json(await accounts.video(request.params.id)));
app.get('/accounts/:id', async (request: WithId, response) => response.json(await accounts.account(request.params.id)));
app.get('/billing/:id', async (request: WithId, response) => response.json(await accounts.usage(request.params.id)));
app.use(fail);

const server = app.listen(PORT, '127.0.0.1', () => {
  log.info(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

process.once('SIGTERM', () => {
  server.close(() => void queue.close());
  server.closeIdleConnections();
});
