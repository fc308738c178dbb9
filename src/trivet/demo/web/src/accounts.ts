/** The accounts service, which keeps who our customers are and what they have uploaded. */
import { ACCOUNTS_PATIENCE, ACCOUNTS_URL } from './settings.ts';
import { Failure } from './failure.ts';

export type Account = { id: number; plan: string; quota: number; used: number };
export type Video = { id: number; account: number; title: string; state: string };

export function account(id: string): Promise<Account> {
  return ask('GET', `/accounts/${id}`);
}

export function usage(id: string): Promise<{ videos: number; bytes: number }> {
  return ask('GET', `/accounts/${id}/usage`);
}

export function video(id: string): Promise<Video> {
  return ask('GET', `/videos/${id}`);
}

export function addVideo(id: string, title: string, bytes: number): Promise<Video> {
  return ask('POST', `/accounts/${id}/videos`, { title, bytes });
}

async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(ACCOUNTS_URL + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(ACCOUNTS_PATIENCE),
  }).catch((error: Error) => {
    if (error.name === 'TimeoutError') throw new Failure(504, `accounts has not answered for ${ACCOUNTS_PATIENCE / 1000} s`);
    throw new Failure(502, `accounts cannot be reached: ${error.message}`);
  });
  const answer = (await response.json().catch(() => ({}))) as { detail?: string };
  if (!response.ok) throw new Failure(response.status, answer.detail ?? `accounts answered ${response.status}`);
  return answer as Answer;
}
