/** An upload: who is it, is there room, keep the file, hand it to the workers. */
import type { Request, Response } from 'express';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as accounts from './accounts.ts';
import { Failure } from './failure.ts';
import { log } from './log.ts';
import { transcode } from './queue.ts';
import { UPLOADS } from './settings.ts';

export async function upload(request: Request, response: Response): Promise<void> {
  const bytes = Number(request.headers['content-length']);
  if (!bytes) throw new Failure(411, 'say how long the video is');
  const account = await signedIn(request);
  const video = await accounts.addVideo(account, String(request.query.title ?? 'untitled'), bytes);
  const source = join(UPLOADS, `${video.id}.mp4`);
  await pipeline(request, createWriteStream(source));
  await transcode(video.id, source);
  log.info({ video: video.id, account, bytes }, `upload of ${bytes} bytes accepted as video ${video.id}`);
  response.status(202).json(video);
}

async function signedIn(request: Request): Promise<string> {
  const id = request.headers['x-account'];
  if (typeof id !== 'string') throw new Failure(401, 'sign in first');
  const account = await accounts.account(id);
  log.info({ account: id, plan: account.plan }, `account ${id} uses ${account.used} of ${account.quota} bytes`);
  return id;
}
